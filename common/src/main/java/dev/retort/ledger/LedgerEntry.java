package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;

/**
 * What one line of the ledger says. Every value is public or a digest; a kind that gains a field gets a new type tag.
 */
public sealed interface LedgerEntry {

  /** The tag that names this kind in canonical JSON. */
  String type();

  /**
   * Opens the one budget of a data-set lineage, for all studies and for ever. Neighbouring data sets differ by replacing
   * one privacy unit's shard contribution; the accountant is the zCDP filter; the conversion is CKS20.
   *
   * @param lineage the name of the data set and all its later versions
   * @param unit what one privacy unit is, such as {@code patient}
   * @param guarantee what the site promises each unit
   * @param budget the filter's budget, at most what the guarantee allows
   */
  record PolicyOpen(String lineage, String unit, ApproxDp guarantee, Zcdp budget)
      implements LedgerEntry {
    public PolicyOpen {
      Names.require("lineage", lineage);
      Names.require("unit", unit);
    }

    @Override
    public String type() {
      return "policy-open";
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
  record CampaignOpen(Digest campaign, DiscreteGaussianHistogram mechanism) implements LedgerEntry {
    @Override
    public String type() {
      return "campaign-open";
    }
  }

  /**
   * Spends budget, before noise is drawn. Never taken back.
   *
   * @param query what is to be answered
   * @param queryDigest the query's digest under the campaign's mechanism
   * @param rho the mechanism's cost of the query, rounded up
   * @param spentBefore the lineage's spending before
   * @param spentAfter the lineage's spending after
   */
  record Charge(Query query, Digest queryDigest, Zcdp rho, Zcdp spentBefore, Zcdp spentAfter)
      implements LedgerEntry {
    @Override
    public String type() {
      return "charge";
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
   * Says that a query was refused because the budget did not cover it. Written once a query.
   *
   * @param query what was asked
   * @param asked its cost
   * @param left what the lineage had left
   */
  record Refuse(Query query, Digest queryDigest, Zcdp asked, Zcdp left) implements LedgerEntry {
    @Override
    public String type() {
      return "refuse";
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
