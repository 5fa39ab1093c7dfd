package dev.retort.ledger;

/** A data-set lineage already has a policy, and it is not the one asked for. */
public final class PolicyConflictException extends Exception {

  public PolicyConflictException(LedgerEntry.PolicyOpen recorded, LedgerEntry.PolicyOpen asked) {
    super("policy of lineage " + recorded.lineage() + " must stay as the ledger records it: unit "
        + recorded.unit() + ", " + recorded.guarantee() + "; asked: unit " + asked.unit() + ", "
        + asked.guarantee() + "; restore the recorded values in the site's policy");
  }
}
