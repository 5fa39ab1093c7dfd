package dev.retort.cli.report;

import dev.retort.auditor.AuditFinding.Kind;

/** Findings for readers who do not know the rules by their names. */
final class FindingWords {

  private FindingWords() {}

  static String of(Kind kind) {
    return switch (kind) {
      case MALFORMED -> "Something cannot be read, or is not written as the rules demand.";
      case SIGNATURE ->
        "A signature does not verify: this was altered, or made by somebody without the owner\u2019s key.";
      case ROTATION ->
        "The log\u2019s key was replaced without the signatures of both keys, or by one that it had before.";
      case RETIRED_KEY ->
        "Something is signed with a key that had been replaced: perhaps by somebody who got hold of it.";
      case SEQUENCE -> "Entries are missing, added or out of order.";
      case CHECKPOINT -> "The signed summary of the log does not match its entries.";
      case WITNESS ->
        "What a witness saw is not what is here: the log was cut, rewritten or shown in two versions.";
      case POLICY ->
        "A promise is missing, was made twice, or its budget is larger than the promise allows.";
      case CAMPAIGN ->
        "A study or a data set was used without being declared first, or declared twice.";
      case QUERY -> "An entry names another query than the one that it describes.";
      case COST -> "A query was charged at another price than its privacy loss.";
      case SPENT -> "A running total does not add up.";
      case OVER_BUDGET -> "More was spent than was promised.";
      case QUOTA -> "A coordinator was allowed more than the site had set for it.";
      case REFUSAL -> "A query was refused for a reason that the ledger does not bear out.";
      case RELEASE -> "An answer left without being charged, or left twice for one charge.";
      case ANSWER -> "A released answer is missing or is not the one that was released.";
      case SUM_REFUSAL ->
        "A refusal in a secure sum was written down twice, under a wrong code, or more often than rules allow.";
      case EVIDENCE ->
        "What shows that a refusal was right is missing or altered, or does not show it.";
      case EQUIVOCATION ->
        "Somebody signed two contradictory things in a secure sum: the two signed messages prove it.";
      case JOURNAL -> "The coordinator\u2019s journal breaks its own rules.";
      case CROSS_CHECK -> "Two logs contradict each other.";
    };
  }
}
