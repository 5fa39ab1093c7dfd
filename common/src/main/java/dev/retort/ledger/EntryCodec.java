package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.BurnReason;
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
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.MalformedLogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Ledger records as canonical JSON: one object a record, every value a string, every field required, no other allowed. */
final class EntryCodec {

  /** A leaf must fit the two-byte length of C2SP tile bundles, envelope included; entries are about 1 KiB. */
  static final int MAX_ENTRY_BYTES = 32 * 1024;

  // A charge has these three for every privacy unit, whose name follows.
  private static final String RHO = "rhoPico:";
  private static final String SPENT_BEFORE = "spentBeforePico:";
  private static final String SPENT_AFTER = "spentAfterPico:";

  private EntryCodec() {}

  static byte[] encode(LedgerRecord ledgerRecord) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("type", ledgerRecord.entry().type());
    fields.put("seq", Long.toString(ledgerRecord.seq()));
    fields.put("prevRoot", ledgerRecord.prevRoot().hex());
    fields.put("tick", Long.toString(ledgerRecord.tick().getEpochSecond()));
    put(fields, ledgerRecord.entry());
    return CanonicalJson.encode(fields);
  }

  /**
   * The record that encodes to exactly {@code json}.
   *
   * @throws MalformedLogException if there is none
   */
  static LedgerRecord decode(byte[] json) throws MalformedLogException {
    if (json.length > MAX_ENTRY_BYTES) {
      throw new MalformedLogException(
          "entry must be at most " + MAX_ENTRY_BYTES + " bytes long: " + json.length);
    }
    FieldReader fields = new FieldReader(CanonicalJson.parse(json));
    try {
      String type = fields.text("type");
      LedgerRecord ledgerRecord = new LedgerRecord(
          fields.integer("seq"),
          fields.digest("prevRoot"),
          fields.instant("tick"),
          entry(type, fields));
      fields.requireAllRead();
      // Catches every number that is not written as this codec writes it, such as 007 or 1.50.
      if (!Arrays.equals(encode(ledgerRecord), json)) {
        throw new MalformedLogException("entry must write numbers in their shortest form");
      }
      return ledgerRecord;
    } catch (IllegalArgumentException e) {
      // A record's own rule, such as a sigma out of range.
      throw new MalformedLogException("entry must be valid: " + e.getMessage(), e);
    }
  }

  private static void put(Map<String, String> fields, LedgerEntry entry) {
    if (entry instanceof PolicyOpen policy) {
      fields.put("lineage", policy.lineage());
      fields.put("unit", policy.unit().name());
      fields.put("shards", Integer.toString(policy.unit().shards()));
      fields.put("neighbouring", "replace-one-unit");
      fields.put("accountant", "zcdp-filter/1");
      fields.put("conversion", "CKS20");
      fields.put("epsilon", Decimals.shortest(policy.guarantee().epsilon()));
      fields.put("delta", Decimals.shortest(policy.guarantee().delta()));
      fields.put("rhoBudgetPico", Long.toString(policy.budget().picoRho()));
      fields.put("spentPico", Long.toString(policy.spent().picoRho()));
    } else if (entry instanceof QuotaSet set) {
      fields.put("lineage", set.lineage());
      fields.put("federation", set.federation());
      fields.put("rhoQuotaPico", Long.toString(set.quota().picoRho()));
    } else if (entry instanceof DatasetBind bind) {
      fields.put("lineage", bind.lineage());
      fields.put("datasetCommitment", bind.datasetCommitment().hex());
      fields.put("teachers", Integer.toString(bind.teachers()));
      fields.put("shardRule", bind.shardRule());
    } else if (entry instanceof CampaignOpen open) {
      fields.put("campaign", open.campaign().hex());
      MechanismCodec.put(fields, open.mechanism());
    } else if (entry instanceof Charge charge) {
      putQuery(fields, charge.query(), charge.queryDigest());
      putParty(fields, charge.party());
      for (UnitCharge unit : charge.units()) {
        fields.put(RHO + unit.unit(), Long.toString(unit.rho().picoRho()));
        fields.put(SPENT_BEFORE + unit.unit(), Long.toString(unit.spentBefore().picoRho()));
        fields.put(SPENT_AFTER + unit.unit(), Long.toString(unit.spentAfter().picoRho()));
      }
    } else if (entry instanceof Release release) {
      fields.put("charge", Long.toString(release.charge()));
      fields.put("answerDigest", release.answerDigest().hex());
      fields.put("noiseCommitment", release.noiseCommitment().hex());
    } else if (entry instanceof Refuse refuse) {
      putQuery(fields, refuse.query(), refuse.queryDigest());
      putParty(fields, refuse.party());
      putLimit(fields, refuse.limit());
      fields.put("askedPico", Long.toString(refuse.asked().picoRho()));
      fields.put("leftPico", Long.toString(refuse.left().picoRho()));
    } else if (entry instanceof SumRefuse refusal) {
      fields.put("campaign", refusal.campaign().hex());
      fields.put("session", refusal.session().hex());
      fields.put("reason", refusal.reason());
      fields.put("code", Integer.toString(refusal.code()));
      fields.put(
          "evidence",
          refusal.evidence().stream().map(Digest::hex).collect(Collectors.joining(",")));
      fields.put("evidenceBytes", Integer.toString(refusal.evidenceBytes()));
    } else if (entry instanceof Burn burn) {
      fields.put("charge", Long.toString(burn.charge()));
      fields.put("reason", burn.reason().name().toLowerCase(Locale.ROOT));
    } else if (entry instanceof PolicyClose close) {
      fields.put("lineage", close.lineage());
    } else if (entry instanceof AuditRecord audit) {
      fields.put("audit", audit.audit());
      fields.put("claim", Decimals.shortest(audit.claim()));
      fields.put("bound", Decimals.shortest(audit.bound()));
      fields.put("delta", Decimals.shortest(audit.delta()));
      fields.put("confidence", Decimals.shortest(audit.confidence()));
      fields.put("report", audit.report().hex());
    } else if (entry instanceof KeyRotate rotate) {
      rotate.keys().put(fields);
    } else {
      throw new IllegalStateException("entry must have a codec: " + entry.type());
    }
  }

  private static LedgerEntry entry(String type, FieldReader fields) throws MalformedLogException {
    return switch (type) {
      case "policy-open" -> {
        fields.constant("neighbouring", "replace-one-unit");
        fields.constant("accountant", "zcdp-filter/1");
        fields.constant("conversion", "CKS20");
        yield new PolicyOpen(
            fields.text("lineage"),
            new PrivacyUnit(fields.text("unit"), fields.smallInteger("shards")),
            new ApproxDp(fields.decimal("epsilon"), fields.decimal("delta")),
            zcdp(fields, "rhoBudgetPico"),
            zcdp(fields, "spentPico"));
      }
      case "quota-set" ->
        new QuotaSet(
            fields.text("lineage"), fields.text("federation"), zcdp(fields, "rhoQuotaPico"));
      case "dataset-bind" ->
        new DatasetBind(
            fields.text("lineage"),
            fields.digest("datasetCommitment"),
            fields.smallInteger("teachers"),
            fields.text("shardRule"));
      case "campaign-open" ->
        new CampaignOpen(fields.digest("campaign"), MechanismCodec.read(fields));
      case "charge" ->
        new Charge(query(fields), fields.digest("queryDigest"), party(fields), units(fields));
      case "release" ->
        new Release(
            fields.integer("charge"),
            fields.digest("answerDigest"),
            fields.digest("noiseCommitment"));
      case "refuse" -> {
        Party party = party(fields);
        yield new Refuse(
            query(fields),
            fields.digest("queryDigest"),
            party,
            limit(fields, party),
            zcdp(fields, "askedPico"),
            zcdp(fields, "leftPico"));
      }
      case "sum-refuse" ->
        new SumRefuse(
            fields.digest("campaign"),
            fields.digest("session"),
            fields.text("reason"),
            fields.smallInteger("code"),
            digests(fields.text("evidence")),
            fields.smallInteger("evidenceBytes"));
      case "burn" ->
        new Burn(
            fields.integer("charge"),
            BurnReason.valueOf(fields.text("reason").toUpperCase(Locale.ROOT)));
      case "policy-close" -> new PolicyClose(fields.text("lineage"));
      case "audit-result" ->
        new AuditRecord(
            fields.text("audit"),
            fields.decimal("claim"),
            fields.decimal("bound"),
            fields.decimal("delta"),
            fields.decimal("confidence"),
            fields.digest("report"));
      case KeyRotation.TYPE -> new KeyRotate(KeyRotation.read(fields));
      default -> throw new MalformedLogException("type must be one this version knows: " + type);
    };
  }

  // No digest is longer or shorter, so a list is written in one way only.
  private static List<Digest> digests(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(Digest::new).toList();
  }

  private static Zcdp zcdp(FieldReader fields, String name) throws MalformedLogException {
    return new Zcdp(fields.integer(name));
  }

  private static void putQuery(Map<String, String> fields, Query query, Digest queryDigest) {
    fields.put("lineage", query.lineage());
    fields.put("campaign", query.campaign().hex());
    fields.put("batch", query.batch().hex());
    fields.put("outputs", Integer.toString(query.outputs()));
    fields.put("queryDigest", queryDigest.hex());
  }

  private static Query query(FieldReader fields) throws MalformedLogException {
    return new Query(
        fields.text("lineage"),
        fields.digest("campaign"),
        fields.digest("batch"),
        fields.smallInteger("outputs"));
  }

  private static void putParty(Map<String, String> fields, Party party) {
    fields.put("federation", party.federation());
    fields.put("coordinatorKey", party.coordinatorKey().hex());
  }

  private static Party party(FieldReader fields) throws MalformedLogException {
    return new Party(fields.text("federation"), fields.digest("coordinatorKey"));
  }

  // A quota that refuses is that of the party that asks, which the entry names already.
  private static void putLimit(Map<String, String> fields, Limit limit) {
    if (limit instanceof Limit.Filter filter) {
      fields.put("reason", "budget");
      fields.put("unit", filter.unit());
    } else {
      fields.put("reason", "quota");
    }
  }

  private static Limit limit(FieldReader fields, Party party) throws MalformedLogException {
    String reason = fields.text("reason");
    return switch (reason) {
      case "budget" -> new Limit.Filter(fields.text("unit"));
      case "quota" -> new Limit.Quota(party.federation());
      default -> throw new MalformedLogException("reason must be budget or quota: " + reason);
    };
  }

  private static List<UnitCharge> units(FieldReader fields) throws MalformedLogException {
    List<UnitCharge> units = new ArrayList<>();
    for (String unit : fields.suffixes(RHO)) {
      units.add(new UnitCharge(
          unit,
          zcdp(fields, RHO + unit),
          zcdp(fields, SPENT_BEFORE + unit),
          zcdp(fields, SPENT_AFTER + unit)));
    }
    return units;
  }
}
