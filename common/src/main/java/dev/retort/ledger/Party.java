package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Names;

/**
 * The coordinator on whose behalf budget is spent.
 *
 * @param federation the name of its federation, to which a quota belongs. A coordinator that comes back under the same
 *     name with another key finds the same quota, and what was spent of it
 * @param coordinatorKey the digest of the coordinator's Ed25519 identity key, 32 bytes, that enrolment pinned: it tells an
 *     auditor apart what a name alone does not
 */
public record Party(String federation, Digest coordinatorKey) {

  public Party {
    Names.require("federation", federation);
  }

  /** The coordinator with this raw Ed25519 public key. */
  public static Party ofKey(String federation, byte[] coordinatorKey) {
    return new Party(federation, Digest.of(coordinatorKey));
  }
}
