package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.Names;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one line of the ledger says. Every value is public or a digest; a kind that gains a field gets a new type tag.
 */
public sealed interface LedgerEntry {

  /** The tag that names this kind in canonical JSON. */
  String type();

  /**
   * Opens the one budget of a data-set lineage and privacy unit, for all studies and coordinators and for ever.
   * Neighbouring data sets differ by replacing all that one unit contributed; the accountant is the zCDP filter; the
   * conversion is CKS20. The first policy of a lineage names the unit by which its records are sharded.
   *
   * @param lineage the name of the data set and all its later versions
   * @param unit what one privacy unit is, and how many shards it can lie in: one for a lineage's first unit
   * @param guarantee what the site promises each unit
   * @param budget the filter's budget, at most what the guarantee allows
   * @param spent what all earlier charges of the lineage cost such a unit: the filter begins with it
   */
  record PolicyOpen(String lineage, PrivacyUnit unit, ApproxDp guarantee, Zcdp budget, Zcdp spent)
      implements LedgerEntry {
    public PolicyOpen {
      Names.require("lineage", lineage);
    }

    @Override
    public String type() {
      return "policy-open";
    }
  }

  /**
   * Sets the most that one coordinator may spend of a lineage's budget. It is the site's internal limit: a later entry
   * may raise it as far as the budget, which is what holds where no quota was set.
   *
   * @param lineage the data-set lineage
   * @param federation the coordinator's federation
   * @param quota in the loss of the lineage's first unit, at most its budget
   */
  record QuotaSet(String lineage, String federation, Zcdp quota) implements LedgerEntry {
    public QuotaSet {
      Names.require("lineage", lineage);
      Names.require("federation", federation);
    }

    @Override
    public String type() {
      return "quota-set";
    }
  }

  /**
   * Binds the data set's present version to its lineage.
   *
   * @param datasetCommitment a salted digest of the data set's manifest
   * @param teachers the public, fixed count of teachers, at least 1
   * @param shardRule how privacy units go to shards, such as {@code prf-mod-teachers/1}
   */
  record DatasetBind(String lineage, Digest datasetCommitment, int teachers, String shardRule)
      implements LedgerEntry {
    public DatasetBind {
      Names.require("lineage", lineage);
      Names.require("shardRule", shardRule);
      if (teachers < 1) {
        throw new IllegalArgumentException("teachers must be >= 1: " + teachers);
      }
    }

    @Override
    public String type() {
      return "dataset-bind";
    }
  }

  /**
   * Fixes the mechanism of a study before its first query.
   *
   * @param campaign the digest of the approved study plan
   * @param mechanism how every query of the study is answered
   */
  record CampaignOpen(Digest campaign, Mechanism mechanism) implements LedgerEntry {
    @Override
    public String type() {
      return "campaign-open";
    }
  }

  /**
   * Spends budget of every unit that the lineage protects, before noise is drawn. Never taken back.
   *
   * @param query what is to be answered
   * @param queryDigest the query's digest under the campaign's mechanism
   * @param party on whose behalf
   * @param units what it costs each unit, by ascending name, each once
   */
  record Charge(Query query, Digest queryDigest, Party party, List<UnitCharge> units)
      implements LedgerEntry {
    public Charge {
      units = List.copyOf(units);
      for (int i = 1; i < units.size(); i++) {
        if (units.get(i - 1).unit().compareTo(units.get(i).unit()) >= 0) {
          throw new IllegalArgumentException("units must ascend: " + units);
        }
      }
    }

    @Override
    public String type() {
      return "charge";
    }
  }

  /**
   * What a charge costs one privacy unit.
   *
   * @param unit the unit's name
   * @param rho the mechanism's cost of the query to the unit, rounded up
   * @param spentBefore what the unit's filter had spent before
   * @param spentAfter what it has spent after
   */
  record UnitCharge(String unit, Zcdp rho, Zcdp spentBefore, Zcdp spentAfter) {
    public UnitCharge {
      Names.require("unit", unit);
    }
  }

  /**
   * Says which answer a charge paid for. Only after this line is durable may the answer leave the node.
   *
   * @param charge the sequence number of the charge
   * @param answerDigest {@link dev.retort.label.LabelBlock#digest} of the answer
   * @param noiseCommitment commits to the noise, for an auditor on the premises
   */
  record Release(long charge, Digest answerDigest, Digest noiseCommitment) implements LedgerEntry {
    public Release {
      requireSeq(charge);
    }

    @Override
    public String type() {
      return "release";
    }
  }

  /**
   * Says that a query was refused because a budget or a quota did not cover it. Written once a query and coordinator.
   *
   * @param query what was asked
   * @param party on whose behalf
   * @param limit the first limit that did not cover it
   * @param asked its cost under that limit
   * @param left what was left under it
   */
  record Refuse(Query query, Digest queryDigest, Party party, Limit limit, Zcdp asked, Zcdp left)
      implements LedgerEntry {
    @Override
    public String type() {
      return "refuse";
    }
  }

  /**
   * Says that the node refused something of a secure sum's session. It costs nothing. The messages that show why are kept
   * beside the entries, under their digests.
   *
   * @param campaign the digest of the study's plan
   * @param session the session's id
   * @param reason why: the protocol's name for it, in lower case
   * @param code the protocol's code for it, in [1, 255]
   * @param evidence SHA-256 of each message as it was signed; of an equivocation the two that contradict each other
   * @param evidenceBytes how long those messages are together
   */
  record SumRefuse(
      Digest campaign,
      Digest session,
      String reason,
      int code,
      List<Digest> evidence,
      int evidenceBytes)
      implements LedgerEntry {

    /** The reason that two signed messages of one sender contradict each other. */
    public static final String EQUIVOCATION = "equivocation";

    /** The most messages. */
    public static final int MAX_EVIDENCE = 4;

    /** The most bytes of evidence: two of the protocol's largest messages, a roster of 4,096 nodes each. */
    public static final int MAX_EVIDENCE_BYTES = 17 << 20;

    private static final Pattern REASON = Pattern.compile("[a-z][a-z_]{0,63}");

    public SumRefuse {
      evidence = List.copyOf(evidence);
      if (!REASON.matcher(reason).matches() || code < 1 || code > 255) {
        throw new IllegalArgumentException(
            "reason and code must be a name in lower case and in [1, 255]: " + reason + ", "
                + code);
      }
      if (evidence.size() > MAX_EVIDENCE
          || evidenceBytes < 0
          || evidenceBytes > MAX_EVIDENCE_BYTES) {
        throw new IllegalArgumentException("evidence must be at most " + MAX_EVIDENCE
            + " messages of " + MAX_EVIDENCE_BYTES + " bytes together: " + evidence.size() + ", "
            + evidenceBytes);
      }
      if (reason.equals(EQUIVOCATION) && evidence.size() != 2) {
        throw new IllegalArgumentException(
            "evidence of equivocation must be two messages: " + evidence.size());
      }
    }

    /** Whether it says that somebody said two things in one place. */
    public boolean isEquivocation() {
      return reason.equals(EQUIVOCATION);
    }

    @Override
    public String type() {
      return "sum-refuse";
    }
  }

  /**
   * Closes a charge for which nothing was, or ever will be, released.
   *
   * @param charge the sequence number of the charge
   */
  record Burn(long charge, BurnReason reason) implements LedgerEntry {
    public Burn {
      requireSeq(charge);
    }

    @Override
    public String type() {
      return "burn";
    }
  }

  /**
   * Withdraws what is left of a lineage's budgets, for ever: from then on every query is refused as if they were spent.
   * Answers that were paid for before may still be released.
   *
   * @param lineage the data-set lineage
   */
  record PolicyClose(String lineage) implements LedgerEntry {
    public PolicyClose {
      Names.require("lineage", lineage);
    }

    @Override
    public String type() {
      return "policy-close";
    }
  }

  /**
   * Records an empirical audit of the node's own releases.
   *
   * @param audit which: {@code mechanism}, {@code canary} or {@code one-run}
   * @param claim the epsilon that was claimed at delta
   * @param bound the lower bound on epsilon that was certified, at least 0
   * @param delta in (0, 1)
   * @param confidence with what probability the bound holds, in (0, 1)
   * @param report SHA-256 of the audit's whole output
   */
  record AuditRecord(
      String audit, double claim, double bound, double delta, double confidence, Digest report)
      implements LedgerEntry {
    public AuditRecord {
      if (!Set.of("mechanism", "canary", "one-run").contains(audit)) {
        throw new IllegalArgumentException("audit must be mechanism, canary or one-run: " + audit);
      }
      if (!(claim > 0) || Double.isInfinite(claim) || !(bound >= 0) || Double.isInfinite(bound)) {
        throw new IllegalArgumentException(
            "claim must be > 0, bound >= 0 and both finite: " + claim + ", " + bound);
      }
      if (!(delta > 0) || !(delta < 1) || !(confidence > 0) || !(confidence < 1)) {
        throw new IllegalArgumentException(
            "delta and confidence must be in (0, 1): " + delta + ", " + confidence);
      }
    }

    @Override
    public String type() {
      return "audit-result";
    }
  }

  /**
   * Replaces the key that signs the ledger: from the next entry on, entries and checkpoints are signed with the new one. The
   * ledger keeps its name, its history and its budget. Both keys sign this entry.
   *
   * @param keys the old key and the new one
   */
  record KeyRotate(KeyRotation keys) implements LedgerEntry {
    @Override
    public String type() {
      return KeyRotation.TYPE;
    }
  }

  /** Why a charge was burned. */
  enum BurnReason {
    /** The data set or its teachers changed since the charge, so the same answer cannot be computed again. */
    DATASET_CHANGED,
    /** The study ended, or the operator gave the charge up. */
    ABANDONED
  }

  private static void requireSeq(long charge) {
    if (charge < 0) {
      throw new IllegalArgumentException("charge must be >= 0: " + charge);
    }
  }
}
