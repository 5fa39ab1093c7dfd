package dev.retort.coordinator.witness;

import dev.retort.coordinator.enroll.EnrolledNode;
import dev.retort.coordinator.enroll.EnrollmentStore;
import dev.retort.identity.NodeId;
import dev.retort.tlog.SignedRotation;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys in the directory of enrolled nodes. */
public final class EnrolledKeys implements NodeKeys {

  private static final Logger LOG = LoggerFactory.getLogger(EnrolledKeys.class);

  private final EnrollmentStore nodes;
  private final InstantSource clock;

  /** The keys of {@code nodes}; changes of key are dated by {@code clock}. */
  public EnrolledKeys(EnrollmentStore nodes, InstantSource clock) {
    this.nodes = nodes;
    this.clock = clock;
  }

  @Override
  public Optional<byte[]> identityKey(String nodeId) {
    return Optional.ofNullable(nodes.node(new NodeId(nodeId))).map(EnrolledNode::identityKey);
  }

  @Override
  public void follow(String nodeId, SignedRotation rotation) {
    if (nodes.replaceIdentityKey(
        new NodeId(nodeId),
        rotation.rotation().from().publicKey(),
        rotation.rotation().to().publicKey(),
        rotation.envelope().encode(),
        clock.instant())) {
      LOG.info(
          "node {} has replaced its identity key: {}",
          nodeId,
          rotation.rotation().to());
    }
  }
}
