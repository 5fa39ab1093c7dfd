package dev.retort.ledger;

import dev.retort.tlog.WitnessPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What an audit holds a ledger against, beside the ledger itself.
 *
 * @param logKey a key known to be the node's, in C2SP form, or to have been; null for the one that the ledger names. Of
 *     a ledger that changed its key the newest is the best: who has a retired key can sign another ledger with it
 * @param policy whose cosignatures count; null for the policy that an export carries, which is the exporter's word
 * @param signatures which signatures are checked
 */
public record LedgerChecks(
    @Nullable String logKey, @Nullable WitnessPolicy policy, Signatures signatures) {

  /** Which of the node's signatures are checked. */
  public enum Signatures {
    /** Each entry's and the checkpoint's. */
    ALL,
    /** The checkpoint's: it covers every byte of every envelope, by the root of the tree over them. */
    CHECKPOINT
  }

  /** Every signature, against the key and policy that the ledger itself names. */
  public static LedgerChecks ofEverything() {
    return new LedgerChecks(null, null, Signatures.ALL);
  }

  /** The same against a known key. */
  public LedgerChecks withLogKey(@Nullable String known) {
    return new LedgerChecks(known, policy, signatures);
  }

  /** The same with another policy. */
  public LedgerChecks withPolicy(@Nullable WitnessPolicy other) {
    return new LedgerChecks(logKey, other, signatures);
  }

  /** The same with other signatures. */
  public LedgerChecks withSignatures(Signatures others) {
    return new LedgerChecks(logKey, policy, others);
  }
}
