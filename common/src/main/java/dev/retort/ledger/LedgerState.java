package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerEntry.PolicyClose;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LineageAccount.BoundDataset;
import dev.retort.merkle.Digest;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.VerifierKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger's entries add up to. The node folds them to know what it may spend; an auditor folds them to check it.
 * {@link LedgerRules} says which entry may come next. Not thread-safe.
 */
final class LedgerState {

  /** A charge with neither release nor burn, and the binding it was made under. */
  record Pending(Charge charge, @Nullable BoundDataset dataset) {}

  /**
   * The release of a charge, and what its stored answer must look like.
   *
   * @param hidden whether no answer is stored, since nobody may see it by itself
   */
  record Answered(long release, Digest answerDigest, int outputs, int width, boolean hidden) {}

  private record RefusedQuery(Digest queryDigest, String federation) {}

  private final MerkleLog tree = new MerkleLog();
  private @Nullable KeyHistory keys;
  private final Map<String, LineageAccount> lineages = new LinkedHashMap<>();
  private final Map<Digest, CampaignOpen> campaigns = new HashMap<>();
  private final Map<Long, Pending> pending = new TreeMap<>();
  private final Map<Long, Answered> answered = new TreeMap<>();
  private final Map<Digest, Long> chargeByQuery = new HashMap<>();
  private final Set<RefusedQuery> refused = new HashSet<>();
  private final SumRefusals sumRefusals = new SumRefusals();

  /** Takes in the next entry, whether or not it keeps the rules, as far as it makes sense. */
  void apply(LedgerRecord ledgerRecord) {
    long seq = ledgerRecord.seq();
    LedgerEntry entry = ledgerRecord.entry();
    if (entry instanceof PolicyOpen policy) {
      LineageAccount lineage = lineages.get(policy.lineage());
      if (lineage == null) {
        lineages.put(policy.lineage(), new LineageAccount(policy));
      } else {
        lineage.protectAlso(policy);
      }
    } else if (entry instanceof QuotaSet set) {
      LineageAccount lineage = lineages.get(set.lineage());
      if (lineage != null) {
        lineage.setQuota(set.federation(), set.quota());
      }
    } else if (entry instanceof DatasetBind bind) {
      LineageAccount lineage = lineages.get(bind.lineage());
      if (lineage != null) {
        lineage.dataset = new BoundDataset(seq, bind);
      }
    } else if (entry instanceof CampaignOpen open) {
      campaigns.putIfAbsent(open.campaign(), open);
    } else if (entry instanceof Charge charge) {
      LineageAccount lineage = lineages.get(charge.query().lineage());
      pending.put(seq, new Pending(charge, lineage == null ? null : lineage.dataset));
      chargeByQuery.put(charge.queryDigest(), seq);
      if (lineage != null) {
        CampaignOpen campaign = campaigns.get(charge.query().campaign());
        lineage.spend(charge, campaign == null ? null : campaign.mechanism());
      }
    } else if (entry instanceof Release release) {
      Pending paid = pending.remove(release.charge());
      if (paid != null) {
        LineageAccount lineage = lineages.get(paid.charge().query().lineage());
        if (lineage != null) {
          lineage.releases++;
        }
        CampaignOpen campaign = campaigns.get(paid.charge().query().campaign());
        int width = campaign == null ? 0 : campaign.mechanism().width();
        answered.put(
            release.charge(),
            new Answered(
                seq,
                release.answerDigest(),
                paid.charge().query().outputs(),
                width,
                campaign != null && campaign.mechanism().hidesAnswers()));
      }
    } else if (entry instanceof Burn burn) {
      Pending burned = pending.remove(burn.charge());
      if (burned != null) {
        chargeByQuery.remove(burned.charge().queryDigest(), burn.charge());
      }
    } else if (entry instanceof PolicyClose close) {
      LineageAccount lineage = lineages.get(close.lineage());
      if (lineage != null) {
        lineage.close();
      }
    } else if (entry instanceof KeyRotate rotate) {
      KeyHistory known = keys;
      if (known != null && known.objection(rotate.keys()).isEmpty()) {
        keys = known.with(seq, rotate.keys());
      }
    } else if (entry instanceof Refuse refuse) {
      refused.add(new RefusedQuery(refuse.queryDigest(), refuse.party().federation()));
    } else if (entry instanceof SumRefuse refusal) {
      sumRefusals.add(seq, refusal);
    }
  }

  /** Takes in the next leaf of the tree: the envelope's bytes, readable or not. */
  void appendLeaf(byte[] envelope) {
    tree.append(envelope);
  }

  /** Says which key signs the first entry. To be called before any is taken in. */
  void beginWith(VerifierKey first) {
    keys = KeyHistory.of(first);
  }

  /** The keys that signed the entries; null if the first is not known. */
  @Nullable
  KeyHistory keys() {
    return keys;
  }

  MerkleLog tree() {
    return tree;
  }

  Map<String, LineageAccount> lineages() {
    return lineages;
  }

  Map<Digest, CampaignOpen> campaigns() {
    return campaigns;
  }

  Map<Long, Pending> pending() {
    return pending;
  }

  Map<Long, Answered> answered() {
    return answered;
  }

  /** The charge of a query that is pending or answered, if any. */
  @Nullable
  Long chargeOf(Digest queryDigest) {
    return chargeByQuery.get(queryDigest);
  }

  SumRefusals sumRefusals() {
    return sumRefusals;
  }

  boolean wasRefused(Digest queryDigest, Party party) {
    return refused.contains(new RefusedQuery(queryDigest, party.federation()));
  }
}
