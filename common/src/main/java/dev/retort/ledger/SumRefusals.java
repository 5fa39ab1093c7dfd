package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.merkle.Digest;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The refusals in secure sums that a ledger holds, and whether it takes one more: each is written once, and of a session
 * and a campaign so many only that no coordinator fills the disk. Equivocations have a share of their own, which nothing
 * else can use up. Not thread-safe.
 */
final class SumRefusals {

  /** The most entries of a session, of equivocations and of other refusals each. */
  static final int MOST_OF_SESSION = 8;

  /** The most entries of a campaign, of both sorts each. */
  static final int MOST_OF_CAMPAIGN = 64;

  /** The most evidence of a campaign, of both sorts each: three of the largest entries and more of usual ones. */
  static final long MOST_BYTES_OF_CAMPAIGN = 64L << 20;

  private record Share(Digest of, boolean equivocations) {}

  private final SortedMap<Long, SumRefuse> bySeq = new TreeMap<>();
  private final Set<SumRefuse> written = new HashSet<>();
  private final Map<Share, Integer> ofSession = new HashMap<>();
  private final Map<Share, Integer> ofCampaign = new HashMap<>();
  private final Map<Share, Long> bytesOfCampaign = new HashMap<>();

  /** Which rule another entry would break, if any. */
  Optional<String> objection(SumRefuse next) {
    Share campaign = new Share(next.campaign(), next.isEquivocation());
    Share session = new Share(next.session(), next.isEquivocation());
    long bytes = bytesOfCampaign.getOrDefault(campaign, 0L) + next.evidenceBytes();
    if (written.contains(next)) {
      return Optional.of("refusal in a secure sum must be written once: " + next.reason()
          + " in session " + next.session());
    }
    if (ofSession.getOrDefault(session, 0) >= MOST_OF_SESSION
        || ofCampaign.getOrDefault(campaign, 0) >= MOST_OF_CAMPAIGN
        || bytes > MOST_BYTES_OF_CAMPAIGN) {
      return Optional.of("refusals in secure sums must be at most " + MOST_OF_SESSION
          + " a session, and " + MOST_OF_CAMPAIGN + " with " + MOST_BYTES_OF_CAMPAIGN
          + " bytes of evidence a campaign: " + next.reason() + " in session " + next.session());
    }
    return Optional.empty();
  }

  void add(long seq, SumRefuse refusal) {
    bySeq.put(seq, refusal);
    written.add(refusal);
    Share campaign = new Share(refusal.campaign(), refusal.isEquivocation());
    ofSession.merge(new Share(refusal.session(), refusal.isEquivocation()), 1, Integer::sum);
    ofCampaign.merge(campaign, 1, Integer::sum);
    bytesOfCampaign.merge(campaign, (long) refusal.evidenceBytes(), Long::sum);
  }

  /** All by sequence number. */
  SortedMap<Long, SumRefuse> bySeq() {
    return Collections.unmodifiableSortedMap(bySeq);
  }

  /** Whether any of them names evidence. */
  boolean haveEvidence() {
    return bySeq.values().stream().anyMatch(refusal -> !refusal.evidence().isEmpty());
  }

  /** How many there are of each reason. */
  SortedMap<String, Long> countByReason() {
    SortedMap<String, Long> counts = new TreeMap<>();
    bySeq.values().forEach(refusal -> counts.merge(refusal.reason(), 1L, Long::sum));
    return counts;
  }
}
