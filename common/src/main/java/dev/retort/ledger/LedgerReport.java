package dev.retort.ledger;

import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.VerifierKey;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an offline check of a ledger found.
 *
 * @param logKey the verification key of the log's first entry in C2SP form ({@code name+keyid+key}), for comparison with
 *     the one known to belong to the node; empty if the file names none
 * @param keys that key and those that replaced it, each with the first entry that it signs; empty if there is none
 * @param signedAlso the ML-DSA-65 keys of the policy that signed the newest checkpoint beside that key
 * @param entries how many entries the file holds
 * @param findings what is wrong, in the ledger's order; empty if all holds
 * @param pendingCharges sequence numbers of charges that have neither release nor burn: nothing was sent for them
 * @param lineages spending by data-set lineage and privacy unit
 * @param parties spending by data-set lineage and coordinator
 * @param answersIncluded whether the released answers were there to be held against their digests
 * @param sumRefusals how many refusals in secure sums there are of each reason
 * @param evidenceIncluded whether the evidence that they name was handed over, or none is named
 * @param witnesses the size of the largest tree that each witness cosigned
 * @param quorumSize how many entries the policy's quorum of witnesses has seen; -1 if there is no quorum or no policy
 */
public record LedgerReport(
    String logKey,
    List<KeyHistory.Span> keys,
    List<VerifierKey> signedAlso,
    long entries,
    List<Finding> findings,
    List<Long> pendingCharges,
    List<LineageSpending> lineages,
    List<PartySpending> parties,
    boolean answersIncluded,
    SortedMap<String, Long> sumRefusals,
    boolean evidenceIncluded,
    SortedMap<String, Long> witnesses,
    long quorumSize) {

  public LedgerReport {
    keys = List.copyOf(keys);
    signedAlso = List.copyOf(signedAlso);
    findings = List.copyOf(findings);
    pendingCharges = List.copyOf(pendingCharges);
    lineages = List.copyOf(lineages);
    parties = List.copyOf(parties);
    sumRefusals = Collections.unmodifiableSortedMap(new TreeMap<>(sumRefusals));
    witnesses = Collections.unmodifiableSortedMap(new TreeMap<>(witnesses));
  }

  /** Whether every check held. */
  public boolean ok() {
    return findings.isEmpty();
  }

  /**
   * One broken rule.
   *
   * @param index the entry's index, or -1 if it concerns the file as a whole
   * @param message the rule and what was found, in public values only
   */
  public record Finding(long index, Kind kind, String message) {}

  /** Which rule is broken. */
  public enum Kind {
    /** An envelope or entry does not parse, or is not in canonical form. */
    MALFORMED,
    /** A signature does not verify. */
    SIGNATURE,
    /** The verification key is missing, or the one expected is none of the log's. */
    KEY,
    /** The log's key was replaced by less than both keys' signatures, by one that it had before, or out of turn. */
    ROTATION,
    /** An entry or note is signed by a key of the log's that another had replaced. */
    RETIRED_KEY,
    /** Sequence numbers have a gap or are out of order. */
    SEQUENCE,
    /** An entry does not name the root of the entries before it. */
    PREVIOUS_ROOT,
    /** The signed checkpoint is missing, or does not match the entries. */
    CHECKPOINT,
    /** A policy is missing, doubled, or its budget is above what its guarantee allows. */
    POLICY,
    /** A campaign or data-set binding is missing or doubled. */
    CAMPAIGN,
    /** A query digest is not that of the query. */
    QUERY,
    /** A cost is not what the mechanism costs. */
    COST,
    /** Running totals do not add up. */
    SPENT,
    /** More was spent than the budget. */
    OVER_BUDGET,
    /** A coordinator spent more than its quota, or its quota is above the budget. */
    QUOTA,
    /** A query was refused that budgets and quota covered. */
    REFUSAL,
    /** A release or burn without a charge, or a second one for a charge. */
    RELEASE,
    /** A stored answer is missing, has no release, or does not match its digest or shape. */
    ANSWER,
    /** A refusal in a secure sum is written twice, or is more than a session or a campaign may make a ledger keep. */
    SUM_REFUSAL,
    /** A message that shows why something was refused is missing, is of no refusal, or does not match its digest. */
    EVIDENCE,
    /** A cosigned note is malformed, not signed as it says, or of a tree that this log has not: cut off or forked. */
    COSIGNATURE,
    /** No quorum of witnesses cosigned any checkpoint, as the policy asks. */
    WITNESS,
    /** A tile's hashes are not those of the entries. */
    TILE,
    /** A file of an export is missing, malformed or uncalled-for. */
    EXPORT
  }

  /**
   * What one lineage promised to one privacy unit, and spent of it.
   *
   * @param shards the most shards that hold records of one unit
   * @param epsilonSpent an upper bound on the epsilon of {@code spent} at the policy's delta
   */
  public record LineageSpending(
      String lineage,
      String unit,
      int shards,
      ApproxDp guarantee,
      Zcdp budget,
      Zcdp spent,
      double epsilonSpent,
      long releases) {}

  /**
   * What one coordinator spent of a lineage.
   *
   * @param federation the coordinator's federation
   * @param quota the most it may spend; null where the budget alone bounds it
   * @param spent in the loss of the unit by which the lineage's records are sharded
   */
  public record PartySpending(
      String lineage, String federation, @Nullable Zcdp quota, Zcdp spent) {}
}
