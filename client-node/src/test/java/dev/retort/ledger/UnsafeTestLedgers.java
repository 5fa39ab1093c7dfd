package dev.retort.ledger;

import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/** Ledgers signed with a key that anybody can derive, optionally on a disk that fills up, or watched at every step. */
public final class UnsafeTestLedgers {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T12:34:56Z"));

  // Of the seed "site a". Deriving it would load one more library in each of the hundreds of
  // processes that are started to be killed.
  private static final String PUBLIC_KEY =
      "44a074e3c86b3beaaf7f1c10e974e62e991723adc1069db1e7a3de898e7d6566";

  private UnsafeTestLedgers() {}

  public static PrivacyLedger open(Path file)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return PrivacyLedger.open(file, signer(), CLOCK);
  }

  public static PrivacyLedger openOnSmallDisk(Path file, int maxPages)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return PrivacyLedger.open(file, signer(), List.of(), CLOCK, maxPages);
  }

  /**
   * A ledger that names each step of its work before it goes on: the clock is read, the envelope signed, the checkpoint
   * signed, each row written inside the transaction, the transaction about to commit. From another thread's view all that
   * came before is done, and nothing of what comes after.
   */
  public static PrivacyLedger openWatched(Path file, Consumer<String> step)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    InstantSource clock = () -> {
      step.accept(writing() + ": read the clock");
      return CLOCK.instant();
    };
    PrivacyLedger ledger = PrivacyLedger.open(file, new WatchedSigner(signer(), step), clock);
    SQLiteConnection connection = connection(ledger);
    connection.addUpdateListener(
        (type, database, table, row) -> step.accept(writing() + ": wrote a row of " + table));
    connection.addCommitListener(new SQLiteCommitListener() {
      @Override
      public void onCommit() {
        step.accept(writing() + ": commit");
      }

      @Override
      public void onRollback() {
        step.accept(writing() + ": roll back");
      }
    });
    return ledger;
  }

  /** The ledger's method at work in this thread: what kind of entry is being written. */
  private static String writing() {
    return StackWalker.getInstance()
        .walk(frames -> frames
            .filter(frame -> frame.getClassName().equals(PrivacyLedger.class.getName()))
            .map(StackWalker.StackFrame::getMethodName)
            .filter(method -> !method.equals("append") && !method.equals("checkpoint"))
            .findFirst())
        .orElse("ledger");
  }

  // The ledger hides its connection from production code; SQLite's own hooks are reached only here.
  private static SQLiteConnection connection(PrivacyLedger ledger) {
    try {
      Field file = PrivacyLedger.class.getDeclaredField("file");
      file.setAccessible(true);
      LedgerFile opened = (LedgerFile) file.get(ledger);
      return opened.log().read(connection -> connection.unwrap(SQLiteConnection.class));
    } catch (ReflectiveOperationException | MalformedLogException | LogUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  private record WatchedSigner(LogSigner signer, Consumer<String> step) implements LogSigner {

    @Override
    public String name() {
      return signer.name();
    }

    @Override
    public byte[] publicKey() {
      return signer.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      boolean envelope = new String(message, StandardCharsets.ISO_8859_1).startsWith("DSSEv1");
      step.accept(writing() + (envelope ? ": sign the entry" : ": sign the checkpoint"));
      return signer.sign(message);
    }
  }

  private static LogSigner signer() {
    byte[] seed = Arrays.copyOf("site a".getBytes(StandardCharsets.UTF_8), 32);
    byte[] publicKey = HexFormat.of().parseHex(PUBLIC_KEY);
    byte[] encoded = HexFormat.of()
        .parseHex("302e020100300506032b657004220420" + HexFormat.of().formatHex(seed));
    PrivateKey key;
    try {
      key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new LogSigner() {
      @Override
      public String name() {
        return "site-a";
      }

      @Override
      public byte[] publicKey() {
        return publicKey.clone();
      }

      @Override
      public byte[] sign(byte[] message) {
        try {
          Signature signature = Signature.getInstance("Ed25519");
          signature.initSign(key);
          signature.update(message);
          return signature.sign();
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
