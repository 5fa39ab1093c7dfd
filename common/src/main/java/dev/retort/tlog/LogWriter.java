package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends signed entries to a log's file. What it wrote before is checked when it is opened: order, chain of roots, and the
 * signed checkpoint, which covers every byte. Not thread-safe.
 */
public final class LogWriter<E> implements AutoCloseable {

  private final LogFile file;
  private final LogSigner signer;
  private final InstantSource clock;
  private final RecordCodec<E> codec;
  private MerkleLog tree;

  private LogWriter(
      LogFile file, LogSigner signer, InstantSource clock, RecordCodec<E> codec, MerkleLog tree) {
    this.file = file;
    this.signer = signer;
    this.clock = clock;
    this.codec = codec;
    this.tree = tree;
  }

  /**
   * Opens the log in {@code path}, or begins one there if the file does not exist.
   *
   * @param more tables beside the log's own
   * @param replay is shown every record, in order
   * @throws LogInUseException if somebody else has it open to append
   * @throws MalformedLogException if the file is not a sound log of this signer's
   */
  public static <E> LogWriter<E> open(
      Path path,
      LogSigner signer,
      InstantSource clock,
      EntryFormat<E> format,
      List<String> more,
      Consumer<LogRecord<E>> replay)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    LogFile file = LogFile.openToAppend(path, LogFile.MAX_PAGES);
    try {
      if (file.isEmpty()) {
        file.create(
            VerifierKey.ofLog(signer).toString(), checkpoint(signer, new MerkleLog()), more);
      }
      Replay<E> past = new Replay<>(new RecordCodec<>(format), replay);
      file.forEachEntry(past);
      past.requireSound();
      requireCheckpoint(file, VerifierKey.ofLog(signer), past.tree);
      return new LogWriter<>(file, signer, clock, past.codec, past.tree);
    } catch (MalformedLogException | LogUnavailableException | RuntimeException e) {
      try {
        file.close();
      } catch (LogUnavailableException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Appends an entry; when it returns, entry, checkpoint and what belongs to them are on disk.
   *
   * @param more writes to the tables beside the log's own
   * @return its index
   */
  public long append(E entry, LogFile.Writes more) throws LogUnavailableException {
    long seq = tree.size();
    LogRecord<E> logRecord =
        new LogRecord<>(seq, tree.root(), clock.instant().truncatedTo(ChronoUnit.MINUTES), entry);
    byte[] envelope = Envelope.sign(codec.encode(logRecord), signer).encode();
    MerkleLog after = tree.copy();
    List<Digest> hashes = after.append(envelope);
    file.append(seq, envelope, hashes, checkpoint(signer, after), more);
    tree = after;
    return seq;
  }

  /** The count of entries. */
  public long size() {
    return tree.size();
  }

  /** The file, for proofs and cosignatures. */
  public LogFile file() {
    return file;
  }

  /** The newest checkpoint, signed. */
  public String checkpoint() {
    return checkpoint(signer, tree);
  }

  @Override
  public void close() throws LogUnavailableException {
    file.close();
  }

  private static String checkpoint(LogSigner signer, MerkleLog tree) {
    String text = new Checkpoint(signer.name(), tree.size(), tree.root()).text();
    return SignedNote.sign(text, signer).encode();
  }

  private static void requireCheckpoint(LogFile file, VerifierKey key, MerkleLog tree)
      throws MalformedLogException, LogUnavailableException {
    SignedNote note = SignedNote.parse(file.checkpoint().orElse(""));
    Checkpoint expected = new Checkpoint(key.name(), tree.size(), tree.root());
    if (!note.isSignedBy(key) || !Checkpoint.parse(note.text()).equals(expected)) {
      throw new MalformedLogException("checkpoint must be signed by " + key + " and be " + expected
          + "; restore the newest copy of the file");
    }
  }

  /** Follows what was written before. */
  private static final class Replay<E> implements LogFile.EntryVisitor {

    final RecordCodec<E> codec;
    final MerkleLog tree = new MerkleLog();
    private final Consumer<LogRecord<E>> reader;
    private @Nullable MalformedLogException failure;

    Replay(RecordCodec<E> codec, Consumer<LogRecord<E>> reader) {
      this.codec = codec;
      this.reader = reader;
    }

    @Override
    public void entry(long seq, byte[] envelope) {
      if (failure != null) {
        return;
      }
      try {
        LogRecord<E> logRecord = codec.decode(Envelope.parse(envelope).payload());
        if (seq != tree.size()
            || logRecord.seq() != seq
            || !logRecord.prevRoot().equals(tree.root())) {
          throw new MalformedLogException("entry must follow the " + tree.size() + " before it: "
              + seq + "; restore the newest copy of the file");
        }
        reader.accept(logRecord);
        tree.append(envelope);
      } catch (MalformedLogException e) {
        failure = e;
      }
    }

    void requireSound() throws MalformedLogException {
      if (failure != null) {
        throw failure;
      }
    }
  }
}
