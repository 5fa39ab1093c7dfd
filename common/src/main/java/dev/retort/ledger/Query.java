package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.Names;
import java.util.TreeMap;

/**
 * What a coordinator asks of one data set, in public terms.
 *
 * @param lineage whose budget pays
 * @param campaign the digest of the approved study plan
 * @param batch the digest of the samples to be labelled
 * @param outputs the count of samples to be labelled, at least 1
 */
public record Query(String lineage, Digest campaign, Digest batch, int outputs) {

  public Query {
    Names.require("lineage", lineage);
    if (outputs < 1) {
      throw new IllegalArgumentException("outputs must be >= 1: " + outputs);
    }
  }

  /** The digest of the consecutive samples {@code [firstSample, firstSample + count)} of a transfer set. */
  public static Digest batch(Digest transferSet, long firstSample, int count) {
    TreeMap<String, String> fields = new TreeMap<>();
    fields.put("transferSet", transferSet.hex());
    fields.put("firstSample", Long.toString(firstSample));
    fields.put("count", Integer.toString(count));
    return Digest.of(CanonicalJson.encode(fields));
  }

  /** SHA-256 of this query and the mechanism that answers it, in canonical JSON: two equal digests get one answer. */
  public Digest digest(Mechanism mechanism) {
    TreeMap<String, String> fields = new TreeMap<>();
    fields.put("lineage", lineage);
    fields.put("campaign", campaign.hex());
    fields.put("batch", batch.hex());
    fields.put("outputs", Integer.toString(outputs));
    MechanismCodec.put(fields, mechanism);
    return Digest.of(CanonicalJson.encode(fields));
  }
}
