package dev.retort.secagg;

import dev.retort.noise.RandomSource;
import dev.retort.tlog.LogSigner;
import java.time.InstantSource;

/**
 * What a node brings to its sessions.
 *
 * @param signer the node's identity key
 * @param coordinator the coordinator's identity key
 * @param policy what the site insists on
 * @param memory what the node keeps over restarts
 * @param random draws keys and secrets; of the operating system but in tests
 * @param clock for expiry and deadlines
 */
public record AggregationSite(
    LogSigner signer,
    VerifyingKey coordinator,
    CohortPolicy policy,
    SessionMemory memory,
    RandomSource random,
    InstantSource clock) {

  /** The node's key as others know it. */
  VerifyingKey key() {
    return VerifyingKey.of(signer.publicKey());
  }

  long nowEpochSecond() {
    return clock.instant().getEpochSecond();
  }
}
