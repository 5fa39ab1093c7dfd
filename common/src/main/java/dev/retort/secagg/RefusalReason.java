package dev.retort.secagg;

import java.util.List;

/** Why a party refuses, by name for people and by code for machines. Codes are never reused. */
public enum RefusalReason {
  MALFORMED(1, Consequence.IGNORED),
  UNKNOWN_SIGNER(2, Consequence.IGNORED),
  BAD_SIGNATURE(3, Consequence.IGNORED),
  WRONG_SENDER(4, Consequence.IGNORED),
  WRONG_SESSION(5, Consequence.IGNORED),
  OUT_OF_ORDER(6, Consequence.IGNORED),
  /** Two signed messages of one sender contradict each other. */
  EQUIVOCATION(7, Consequence.LEAVES),
  SESSION_REPLAYED(8, Consequence.LEAVES),
  EXPIRED(9, Consequence.LEAVES),
  UNKNOWN_TASK(10, Consequence.LEAVES),
  UNKNOWN_NOISE(11, Consequence.LEAVES),
  POLICY_MINIMUM_COHORT(12, Consequence.LEAVES),
  POLICY_COLLUDERS(13, Consequence.LEAVES),
  POLICY_EXCLUSIONS(14, Consequence.LEAVES),
  POLICY_NOISE(15, Consequence.LEAVES),
  /** More nodes are unknown to the site than may collude. */
  UNRECOGNISED_NODES(16, Consequence.LEAVES),
  /** The terms make no secure sum. */
  IMPOSSIBLE_TERMS(17, Consequence.LEAVES),
  LANES_TOO_NARROW(18, Consequence.LEAVES),
  NOT_IN_ROSTER(19, Consequence.LEAVES),
  ROSTER_TOO_SMALL(20, Consequence.LEAVES),
  /** Adverts are not each node's own, once, in order, for this proposal, with keys of their own. */
  ROSTER_INVALID(21, Consequence.LEAVES),
  OWN_ADVERT_ALTERED(22, Consequence.LEAVES),
  BEACON_INVALID(23, Consequence.LEAVES),
  /** A peer's key or ciphertext gives no secret. */
  KEM_FAILED(24, Consequence.IGNORED),
  /** A peer has other keys than this node. */
  KEY_NOT_CONFIRMED(25, Consequence.IGNORED),
  SETUP_CERTIFICATE_INVALID(26, Consequence.LEAVES),
  /** A deal's parts are not those that the dealer signed. */
  DEAL_ALTERED(27, Consequence.IGNORED),
  /** A dealer's share does not open, or is not the one it committed to. */
  SHARE_UNREADABLE(28, Consequence.IGNORED),
  NOT_DEALT(29, Consequence.IGNORED),
  /** The batch is not the one that this node said it is ready for. */
  BATCH_MISMATCH(30, Consequence.IGNORED),
  COHORT_TOO_SMALL(31, Consequence.IGNORED),
  COHORT_INVALID(32, Consequence.IGNORED),
  KEYS_MISSING(33, Consequence.IGNORED),
  TOO_MANY_EXCLUDED(34, Consequence.IGNORED),
  SURVIVORS_TOO_FEW(35, Consequence.IGNORED),
  SURVIVORS_INVALID(36, Consequence.IGNORED),
  /** Without the excluded the nodes' masks do not hang together. */
  GRAPH_DISCONNECTED(37, Consequence.IGNORED),
  MANIFEST_INVALID(38, Consequence.IGNORED),
  MANIFESTS_DISAGREE(39, Consequence.IGNORED),
  NOISE_TOO_SMALL(40, Consequence.IGNORED),
  CERTIFICATE_INVALID(41, Consequence.IGNORED),
  DEADLINE_PASSED(42, Consequence.IGNORED),
  /** The batch was summed before. A second sum would be a second answer. */
  BATCH_RELEASED(43, Consequence.IGNORED),
  RESULT_INVALID(44, Consequence.IGNORED),
  /** A member opened another share than the one it was dealt. */
  BAD_SHARE(45, Consequence.IGNORED),
  /** A dealer's shares are those it committed to and do not give its secret. */
  BAD_DEAL(46, Consequence.IGNORED),
  /** A vector is not the one that its manifest names. */
  VECTOR_ALTERED(47, Consequence.IGNORED),
  /** Too few nodes are dealt and ready. */
  TOO_FEW_READY(48, Consequence.IGNORED),
  ABANDONED(49, Consequence.IGNORED);

  /** What a node does beside refusing. */
  enum Consequence {
    /** The message has no effect. */
    IGNORED,
    /** The node wipes its keys and leaves the session. */
    LEAVES
  }

  private static final List<RefusalReason> ALL = List.of(values());

  private final int code;
  private final Consequence consequence;

  RefusalReason(int code, Consequence consequence) {
    this.code = code;
    this.consequence = consequence;
  }

  /** The code, in [1, 255]. */
  public int code() {
    return code;
  }

  /** Whether a node that refuses for this leaves the session. */
  public boolean endsSession() {
    return consequence == Consequence.LEAVES;
  }

  static RefusalReason ofCode(int code) throws MalformedMessageException {
    for (RefusalReason reason : ALL) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new MalformedMessageException("reason must be known: " + code);
  }
}
