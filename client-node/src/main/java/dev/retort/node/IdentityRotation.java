package dev.retort.node;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a node's identity key: the new key is written beside the old one, the ledger records the change, signed by
 * both, and only then the new key takes the old one's place in every key directory of the home. Whatever moment the
 * program is ended at, the home holds the key that its ledger needs; {@link #settle} or a second {@link #rotate} does the
 * rest.
 */
public final class IdentityRotation {

  private static final Logger LOG = LoggerFactory.getLogger(IdentityRotation.class);

  private IdentityRotation() {}

  /**
   * A change of key.
   *
   * @param entry the ledger's entry that says so
   * @param before the key that signed the ledger before it
   * @param now the key that signs it from then on
   * @param resumed whether an earlier call had written the entry, and this one did what was left
   */
  public record Rotated(long entry, VerifierKey before, VerifierKey now, boolean resumed) {}

  /**
   * Replaces the identity key of a node that is not running, or does what is left of an earlier attempt. When it returns, the
   * old key is gone from the home.
   *
   * @param clock dates the ledger's entry
   * @throws LogInUseException if the node is running
   * @throws MalformedLogException if the ledger is damaged
   * @throws LogUnavailableException if the ledger cannot be read or written
   * @throws IOException if the node has not joined, or a key file is damaged, readable by others or cannot be written
   */
  public static Rotated rotate(NodeHome home, SecureRandom random, InstantSource clock)
      throws IOException, LogInUseException, MalformedLogException, LogUnavailableException {
    return rotate(home, random, clock, step -> {});
  }

  /** Does the same, and names each step when it is on the disk. */
  static Rotated rotate(
      NodeHome home, SecureRandom random, InstantSource clock, Consumer<String> steps)
      throws IOException, LogInUseException, MalformedLogException, LogUnavailableException {
    KeyDirectory keys = home.keys(random);
    NodeCredentials credentials = NodeCredentials.read(keys);
    IdentityKey begun = keys.nextIdentityKey();
    boolean resumed = begun != null && signs(home, begun);
    IdentityKey signing = begun != null && resumed ? begun : credentials.identity();
    // Its lock keeps the node, and every other rotation, away until all is done.
    try (PrivacyLedger ledger = PrivacyLedger.open(
        home.ledger(),
        IdentitySigner.of(credentials.node(), signing),
        NodeHome.furtherSigners(keys, credentials.node()),
        clock)) {
      IdentityKey next = keys.readOrCreateNextIdentityKey();
      steps.accept("new key written");
      if (!resumed) {
        ledger.rotateKey(IdentitySigner.of(credentials.node(), next));
      }
      steps.accept("rotation recorded");
      replace(home, keys, next, random, steps);
      var spans = ledger.keys().spans();
      return new Rotated(
          spans.get(spans.size() - 1).first() - 1,
          spans.get(spans.size() - 2).key(),
          ledger.verifierKey(),
          resumed);
    }
  }

  /**
   * Does what is left of a rotation that the ledger has recorded, if there is one. A new key that no ledger knows yet is left
   * where it is: the next rotation uses it.
   *
   * @throws IOException if the ledger or a key file cannot be read, or a key file not be written
   */
  static void settle(NodeHome home, KeyDirectory keys, SecureRandom random) throws IOException {
    IdentityKey next = keys.nextIdentityKey();
    if (next == null) {
      return;
    }
    try {
      if (signs(home, next)) {
        replace(home, keys, next, random, step -> {});
        LOG.info("finished a rotation of the identity key that had been broken off");
      } else {
        LOG.warn(
            "a rotation of the identity key was begun and is not recorded in the ledger, so the"
                + " old key goes on; run again: retort node rotate-key --home {}",
            home.root());
      }
    } catch (MalformedLogException | LogUnavailableException e) {
      throw new IOException(
          "ledger must be readable to finish a rotation of the identity key: " + e.getMessage(), e);
    }
  }

  private static boolean signs(NodeHome home, IdentityKey key)
      throws MalformedLogException, LogUnavailableException {
    return Files.exists(home.ledger())
        && Arrays.equals(LedgerReader.keys(home.ledger()).current().publicKey(), key.publicKey());
  }

  private static void replace(
      NodeHome home,
      KeyDirectory keys,
      IdentityKey next,
      SecureRandom random,
      Consumer<String> steps)
      throws IOException {
    for (Path federation : home.federations()) {
      home.keysOf(federation, random).writeIdentityKey(next);
      steps.accept("key replaced for " + federation.getFileName());
    }
    // Last: as long as the new key lies beside the old one, there is something left to do.
    keys.promoteNextIdentityKey();
    steps.accept("key replaced");
  }
}
