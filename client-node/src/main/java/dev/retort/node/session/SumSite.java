package dev.retort.node.session;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.PeerIdentity;
import dev.retort.node.policy.SumPolicy;
import dev.retort.noise.AesCtrRandom;
import dev.retort.secagg.AggregationSite;
import dev.retort.secagg.SessionMemory;
import dev.retort.secagg.VerifyingKey;
import java.time.InstantSource;

/**
 * What a node brings to secure sums.
 *
 * @param identity signs its messages
 * @param memory what it keeps over restarts
 */
public record SumSite(IdentityKey identity, SessionMemory memory) {

  /** The node as a member of a study's sums. */
  AggregationSite member(
      PeerIdentity.Node node,
      Uplink.PublicKey coordinator,
      SumPolicy policy,
      JoinedStudy study,
      InstantSource clock) {
    return new AggregationSite(
        IdentitySigner.of(node, identity),
        VerifyingKey.of(coordinator.bytes()),
        policy.of(study.plan(), study.digest(), VerifyingKey.of(identity.publicKey())),
        memory,
        AesCtrRandom.fromOperatingSystem(),
        clock);
  }
}
