package dev.retort.wire;

import dev.retort.identity.PeerIdentity;
import java.nio.file.Path;

/** The key directory holds the credentials of a node already, and a second join would orphan its ledger. */
public final class AlreadyEnrolledException extends Exception {

  AlreadyEnrolledException(PeerIdentity.Node node, Path directory) {
    super("this home has joined already, as " + node.uri() + ": its keys are in " + directory
        + "; join another node from another home");
  }
}
