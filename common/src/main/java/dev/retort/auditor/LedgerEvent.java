package dev.retort.auditor;

import dev.retort.merkle.Digest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;

/** What happened in a ledger, as its entries say. */
public sealed interface LedgerEvent {

  /** The index of the entry. */
  long index();

  /**
   * A query that was charged.
   *
   * @param index where
   * @param firstUnitCost what it cost the unit by which records are sharded, in 1e-12 rho
   */
  record Charge(
      long index,
      String lineage,
      Digest campaign,
      Digest batch,
      int outputs,
      Digest query,
      String federation,
      Digest coordinatorKey,
      BigInteger firstUnitCost,
      long tick)
      implements LedgerEvent {}

  /**
   * A release.
   *
   * @param index where
   * @param answer the answer's digest, or a commitment to it
   * @param width integers a sample; 0 where the campaign is unknown
   * @param hidden whether the answer went into a sum under a mask, so that nobody keeps it
   */
  record Release(long index, Charge charge, Digest answer, int width, boolean hidden)
      implements LedgerEvent {}

  /**
   * A study's mechanism.
   *
   * @param fields the mechanism's public parameters
   */
  record Campaign(long index, Digest digest, SortedMap<String, String> fields)
      implements LedgerEvent {}

  /**
   * A query that was refused.
   *
   * @param unit whose budget was too small; empty where a quota was
   */
  record Refusal(
      long index,
      String lineage,
      Digest campaign,
      int outputs,
      String federation,
      String reason,
      String unit,
      BigInteger asked,
      BigInteger left,
      long tick)
      implements LedgerEvent {}

  /**
   * Something of a secure sum's session that the node refused.
   *
   * @param reason a word of the protocol's
   * @param evidence SHA-256 of the signed messages that show it was right
   * @param evidenceBytes how long they are together
   */
  record SumRefusal(
      long index,
      Digest campaign,
      Digest session,
      String reason,
      int code,
      List<Digest> evidence,
      long evidenceBytes,
      long tick)
      implements LedgerEvent {
    public SumRefusal {
      evidence = List.copyOf(evidence);
    }

    /** Whether it says that somebody said two things in one place. */
    public boolean isEquivocation() {
      return reason.equals("equivocation");
    }
  }

  /** An empirical audit that the node recorded of itself. */
  record Audit(
      long index,
      String kind,
      BigDecimal claim,
      BigDecimal bound,
      BigDecimal delta,
      BigDecimal confidence,
      Digest report,
      long tick)
      implements LedgerEvent {}

  /**
   * A charge that was given up: spent, and nothing released for it.
   *
   * @param index where
   * @param reason a word of the ledger's
   */
  record Burn(long index, Charge charge, String reason, long tick) implements LedgerEvent {}

  /**
   * A change of the key that signs the ledger.
   *
   * @param oldKey in C2SP form, as the entry says
   * @param newKey in C2SP form, as the entry says
   */
  record Rotation(long index, String oldKey, String newKey, long tick) implements LedgerEvent {}
}
