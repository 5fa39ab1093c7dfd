package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.privacy.PrivacyUnit;

/** What a site's policy promises contradicts what its ledger has recorded for the lineage. */
public final class PolicyConflictException extends Exception {

  private PolicyConflictException(String message) {
    super(message);
  }

  /** Another promise is recorded. */
  static PolicyConflictException recorded(PolicyOpen recorded, PolicyOpen asked) {
    return new PolicyConflictException("policy of lineage " + recorded.lineage()
        + " must stay as the ledger records it: " + text(recorded) + "; asked: " + text(asked)
        + "; restore the recorded values in the site's policy");
  }

  /** The lineage's releases have already cost the unit more than it would be promised. */
  static PolicyConflictException spentAlready(PolicyOpen asked) {
    return new PolicyConflictException("policy of lineage " + asked.lineage() + " for "
        + text(asked) + " must cover what was released already, which cost such a unit "
        + asked.spent() + " of " + asked.budget()
        + "; promise the unit a larger budget, or leave it out of the site's policy");
  }

  private static String text(PolicyOpen policy) {
    PrivacyUnit unit = policy.unit();
    return "unit " + unit.name()
        + (unit.shards() == 1 ? "" : " in at most " + unit.shards() + " shards") + ", "
        + policy.guarantee();
  }
}
