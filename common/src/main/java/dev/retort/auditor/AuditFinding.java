package dev.retort.auditor;

/**
 * One thing that does not hold.
 *
 * @param log the origin of the log it concerns, or the name of its export where that is unknown
 * @param index the entry's index, or -1 if it concerns the log as a whole
 * @param message the rule and what was found, in public values only
 */
public record AuditFinding(String log, long index, Kind kind, String message) {

  /** Which rule is broken. */
  public enum Kind {
    /** A file is missing or does not parse, or an entry is not in canonical form. */
    MALFORMED,
    /** A signature does not verify. */
    SIGNATURE,
    /** The log's key was replaced by less than both keys' signatures, by one that it had before, or out of turn. */
    ROTATION,
    /** An entry or checkpoint is signed by a key of the log's that another had replaced. */
    RETIRED_KEY,
    /** Sequence numbers have a gap or are out of order, or an entry does not name the root of those before it. */
    SEQUENCE,
    /** The signed checkpoint does not match the entries. */
    CHECKPOINT,
    /** A witness cosigned another tree, or too few witnesses cosigned. */
    WITNESS,
    /** A policy is missing or doubled, or its budget is above what its guarantee allows. */
    POLICY,
    /** A campaign or data-set binding is missing or doubled. */
    CAMPAIGN,
    /** A query digest is not that of the query. */
    QUERY,
    /** A cost is not what the mechanism costs. */
    COST,
    /** Running totals do not add up. */
    SPENT,
    /** More was spent than a budget. */
    OVER_BUDGET,
    /** A coordinator spent more than its quota. */
    QUOTA,
    /** A query was refused that budgets and quota covered. */
    REFUSAL,
    /** A release or burn without a charge, or a second one for a charge. */
    RELEASE,
    /** A released answer is missing or does not match its digest or shape. */
    ANSWER,
    /** A refusal in a secure sum is written twice, more than a study may cause, or under another reason's code. */
    SUM_REFUSAL,
    /** A message that shows why something was refused is missing, altered or uncalled-for, or does not show it. */
    EVIDENCE,
    /** Two signed messages prove that their sender said two things in one place of a secure sum. */
    EQUIVOCATION,
    /** The coordinator's journal breaks its own rules. */
    JOURNAL,
    /** Two logs contradict each other. */
    CROSS_CHECK
  }
}
