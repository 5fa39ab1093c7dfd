package dev.retort.node;

import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The privacy ledger of a node that is not running, for what its operator writes into it by hand. */
public final class HomeLedger {

  private HomeLedger() {}

  /**
   * Opens the ledger of a home; the node cannot start until it is closed.
   *
   * @param clock dates entries
   * @throws LogInUseException if the node is running
   * @throws MalformedLogException if the ledger is damaged
   * @throws LogUnavailableException if there is no ledger yet, or it cannot be read or written
   * @throws IOException if the node has not joined, or a key file is damaged or readable by others
   */
  public static PrivacyLedger open(NodeHome home, SecureRandom random, InstantSource clock)
      throws IOException, LogInUseException, MalformedLogException, LogUnavailableException {
    KeyDirectory keys = home.keys(random);
    IdentityRotation.settle(home, keys, random);
    NodeCredentials credentials = NodeCredentials.read(keys);
    if (!Files.exists(home.ledger())) {
      throw new LogUnavailableException(
          "ledger must exist, and the node begins it when it first serves: " + home.ledger());
    }
    return PrivacyLedger.open(
        home.ledger(),
        IdentitySigner.of(credentials.node(), credentials.identity()),
        NodeHome.furtherSigners(keys, credentials.node()),
        clock);
  }
}
