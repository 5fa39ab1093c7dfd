package dev.retort.node.session;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.PeerIdentity;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.Witness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The site as a witness of other nodes' ledgers and of coordinators' logs, in all its federations. Its store is made when
 * it is first asked. Safe for use by several threads.
 */
public final class SiteWitness implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SiteWitness.class);

  private final boolean serves;
  private final Path file;
  private final IdentityKey identity;
  private final InstantSource clock;
  private @Nullable WitnessStore store;
  private boolean closed;

  /**
   * A witness that was not asked yet.
   *
   * @param serves whether it answers at all
   * @param file its store
   */
  public SiteWitness(boolean serves, Path file, IdentityKey identity, InstantSource clock) {
    this.serves = serves;
    this.file = file;
    this.identity = identity;
    this.clock = clock;
  }

  boolean serves() {
    return serves;
  }

  /**
   * Looks at a checkpoint of another log.
   *
   * @param as who the site is in the federation that asks
   */
  WitnessOutcome add(PeerIdentity.Node as, VerifierKey log, WireWitness.Question question) {
    if (!serves) {
      return new WitnessOutcome.Refused(
          WitnessOutcome.Reason.UNREACHABLE, "the node does not serve as a witness");
    }
    try {
      return new Witness(open(), IdentitySigner.of(as, identity), clock)
          .add(log, question.oldSize(), question.proof(), question.note(), question.rotations());
    } catch (LogUnavailableException e) {
      LOG.error("the node cannot serve as a witness", e);
      return new WitnessOutcome.Refused(
          WitnessOutcome.Reason.STORE, "the witness cannot write down what it would cosign");
    }
  }

  private synchronized WitnessStore open() throws LogUnavailableException {
    if (closed) {
      throw new LogUnavailableException("the node is closed");
    }
    WitnessStore open = store;
    if (open == null) {
      open = WitnessStore.open(file);
      store = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    WitnessStore open = store;
    if (open != null) {
      try {
        open.close();
      } catch (LogUnavailableException e) {
        // All that was cosigned is on the disk.
        LOG.warn("the witness's store did not close: {}", e.getMessage());
      }
    }
  }
}
