package dev.retort.node.release;

import dev.retort.ledger.Party;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;

/**
 * A request to label consecutive samples of a transfer set.
 *
 * @param party the coordinator on whose behalf
 * @param lineage the data-set lineage whose budget pays
 * @param campaign the digest of the approved study plan
 * @param transferSet the digest of the transfer set
 * @param firstSample index of the first sample, at least 0
 * @param count samples to be labelled, at least 1
 * @param mechanism the mechanism with which the campaign was opened
 */
public record ReleaseRequest(
    Party party,
    String lineage,
    Digest campaign,
    Digest transferSet,
    long firstSample,
    int count,
    Mechanism mechanism) {

  public ReleaseRequest {
    if (firstSample < 0 || firstSample > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "firstSample must be >= 0 and leave room for " + count + " samples: " + firstSample);
    }
    if (count < 1 || count > Integer.MAX_VALUE / mechanism.width()) {
      throw new IllegalArgumentException(
          "count must be >= 1 and count * width fit an array: " + count);
    }
  }

  /** This request as the ledger knows it. */
  Query query() {
    return new Query(lineage, campaign, Query.batch(transferSet, firstSample, count), count);
  }
}
