package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.merkle.Digest;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows a node's ledger entry by entry and says what does not add up. It reads the entries' fields themselves and knows
 * nothing of the code that wrote them. Not thread-safe.
 */
public final class LedgerFold {

  private static final List<String> FRAME = List.of("type", "seq", "prevRoot", "tick");
  private static final BigInteger ONE = BigInteger.ONE;

  private record Opened(MechanismCost cost, SortedMap<String, String> fields) {}

  private final String log;
  private final List<AuditFinding> findings;
  private final Map<String, Lineage> lineages = new LinkedHashMap<>();
  private final Map<Digest, Opened> mechanisms = new HashMap<>();
  private final List<LedgerEvent.Campaign> campaigns = new ArrayList<>();
  private final Map<Long, LedgerEvent.Charge> pending = new TreeMap<>();
  private final Map<Long, LedgerEvent.Charge> charges = new TreeMap<>();
  private final Map<Digest, Long> chargeOfQuery = new HashMap<>();
  private final Map<Long, LedgerEvent.Release> releases = new TreeMap<>();
  private final List<LedgerEvent.Refusal> refusals = new ArrayList<>();
  private final SumRefusalFold sumRefusals;
  private final List<LedgerEvent.Burn> burns = new ArrayList<>();
  private final List<LedgerEvent.Audit> audits = new ArrayList<>();
  private final List<LedgerEvent.Rotation> rotations = new ArrayList<>();
  private long index;
  private long tick;

  /**
   * An empty ledger.
   *
   * @param log what findings call it
   * @param findings where they go
   */
  public LedgerFold(String log, List<AuditFinding> findings) {
    this.log = log;
    this.findings = findings;
    this.sumRefusals = new SumRefusalFold(log, findings);
  }

  /**
   * Takes the next entry.
   *
   * @param payload its canonical JSON, whose seq and prevRoot somebody else checks
   */
  public void next(long at, byte[] payload) {
    index = at;
    try {
      SortedMap<String, String> map = CanonicalJson.parse(payload);
      FieldReader fields = new FieldReader(map);
      String type = fields.text("type");
      fields.integer("seq");
      fields.digest("prevRoot");
      tick = fields.integer("tick");
      switch (type) {
        case "policy-open" -> policy(fields);
        case "quota-set" -> quota(fields);
        case "dataset-bind" -> bind(fields);
        case "campaign-open" -> campaign(fields, map);
        case "charge" -> charge(fields);
        case "release" -> release(fields);
        case "refuse" -> refuse(fields);
        case "sum-refuse" -> sumRefusals.next(index, tick, fields);
        case "burn" -> burn(fields);
        case "policy-close" -> close(fields);
        case "audit-result" -> audit(fields);
        case "key-rotate" -> rotate(fields);
        default -> throw new MalformedLogException("type must be one this version knows: " + type);
      }
      fields.requireAllRead();
    } catch (MalformedLogException e) {
      add(Kind.MALFORMED, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      add(Kind.MALFORMED, "entry must be valid: " + e.getMessage());
    }
  }

  /** The lineages in the order of their opening. */
  public Collection<Lineage> lineages() {
    return Collections.unmodifiableCollection(lineages.values());
  }

  /** The studies in the order of their opening. */
  public List<LedgerEvent.Campaign> campaigns() {
    return Collections.unmodifiableList(campaigns);
  }

  /** All charges by index. */
  public Map<Long, LedgerEvent.Charge> charges() {
    return Collections.unmodifiableMap(charges);
  }

  /** Charges with neither release nor burn, by index. */
  public Map<Long, LedgerEvent.Charge> pending() {
    return Collections.unmodifiableMap(pending);
  }

  /** All releases by index. */
  public Map<Long, LedgerEvent.Release> releases() {
    return Collections.unmodifiableMap(releases);
  }

  /** All refusals in order. */
  public List<LedgerEvent.Refusal> refusals() {
    return Collections.unmodifiableList(refusals);
  }

  /** All refusals in secure sums, in order. */
  public List<LedgerEvent.SumRefusal> sumRefusals() {
    return sumRefusals.all();
  }

  /** The indexes of burned charges. */
  public List<Long> burns() {
    return burns.stream().map(burn -> burn.charge().index()).toList();
  }

  /** All burns in order. */
  public List<LedgerEvent.Burn> burned() {
    return Collections.unmodifiableList(burns);
  }

  /** The empirical audits that the node recorded, in order. */
  public List<LedgerEvent.Audit> audits() {
    return Collections.unmodifiableList(audits);
  }

  /** The changes of key, in order. */
  public List<LedgerEvent.Rotation> rotations() {
    return Collections.unmodifiableList(rotations);
  }

  private void policy(FieldReader fields) throws MalformedLogException {
    fields.constant("neighbouring", "replace-one-unit");
    fields.constant("accountant", "zcdp-filter/1");
    fields.constant("conversion", "CKS20");
    String name = fields.text("lineage");
    Lineage.Unit unit = new Lineage.Unit(
        fields.text("unit"),
        count(fields, "shards"),
        new BigDecimal(fields.text("epsilon")),
        new BigDecimal(fields.text("delta")),
        count(fields, "rhoBudgetPico"),
        count(fields, "spentPico"));
    unit.begin(index, tick);
    Lineage lineage = lineages.computeIfAbsent(name, Lineage::new);
    if (lineage.isEmpty()) {
      require(
          unit.shards().equals(ONE),
          Kind.POLICY,
          "the unit by which records are sharded must lie in one shard: " + unit.shards());
    }
    require(
        BudgetProof.holds(unit.budget(), unit.epsilon(), unit.delta()),
        Kind.POLICY,
        "budget must keep epsilon " + unit.epsilon() + " at delta " + unit.delta() + ": "
            + unit.budget() + " e-12 rho");
    BigInteger past = lineage.pastCost(unit.shards());
    require(
        unit.spent().equals(past) && past.compareTo(unit.budget()) <= 0,
        Kind.POLICY,
        "a unit must begin with what earlier charges cost it, " + past + ", within its budget: "
            + unit.spent());
    require(
        unit.shards().signum() > 0 && lineage.add(unit),
        Kind.POLICY,
        "a lineage must have one policy a unit, of at least one shard: " + name + ", "
            + unit.name());
  }

  private void quota(FieldReader fields) throws MalformedLogException {
    Lineage lineage = lineage(fields.text("lineage"));
    String federation = fields.text("federation");
    BigInteger quota = count(fields, "rhoQuotaPico");
    if (lineage != null) {
      require(
          quota.compareTo(lineage.first().budget()) <= 0,
          Kind.QUOTA,
          "quota must be at most the budget, " + lineage.first().budget() + ": " + quota);
      lineage.limit(federation, quota);
    }
  }

  private void bind(FieldReader fields) throws MalformedLogException {
    Lineage lineage = lineage(fields.text("lineage"));
    fields.digest("datasetCommitment");
    fields.text("shardRule");
    int teachers = fields.smallInteger("teachers");
    require(teachers >= 1, Kind.CAMPAIGN, "teachers must be >= 1: " + teachers);
    if (lineage != null) {
      lineage.bind(teachers);
    }
  }

  private void campaign(FieldReader fields, SortedMap<String, String> map)
      throws MalformedLogException {
    Digest digest = fields.digest("campaign");
    Optional<MechanismCost> cost = MechanismCost.of(fields);
    SortedMap<String, String> own = new TreeMap<>(map);
    own.keySet().removeAll(FRAME);
    own.remove("campaign");
    if (cost.isEmpty()) {
      add(Kind.CAMPAIGN, "mechanism's parameters must be in range and agree with deltaSq: " + own);
    } else if (mechanisms.putIfAbsent(digest, new Opened(cost.get(), own)) != null) {
      add(Kind.CAMPAIGN, "campaign must be opened once: " + digest);
    } else {
      campaigns.add(new LedgerEvent.Campaign(index, digest, own));
    }
  }

  private void charge(FieldReader fields) throws MalformedLogException {
    String lineageName = fields.text("lineage");
    Digest campaign = fields.digest("campaign");
    Digest batch = fields.digest("batch");
    int outputs = fields.smallInteger("outputs");
    Digest query = fields.digest("queryDigest");
    String federation = fields.text("federation");
    Digest coordinatorKey = fields.digest("coordinatorKey");
    Opened mechanism = query(lineageName, campaign, batch, outputs, query);
    require(
        !chargeOfQuery.containsKey(query),
        Kind.RELEASE,
        "a query must be charged once, and not again after its answer: " + query);
    Lineage lineage = lineage(lineageName);
    BigInteger firstCost = BigInteger.ZERO;
    TreeSet<String> named = new TreeSet<>(fields.suffixes("rhoPico:"));
    for (String unitName : named) {
      BigInteger rho = count(fields, "rhoPico:" + unitName);
      BigInteger before = count(fields, "spentBeforePico:" + unitName);
      BigInteger after = count(fields, "spentAfterPico:" + unitName);
      Lineage.Unit unit = lineage == null ? null : lineage.unit(unitName);
      if (lineage == null || unit == null) {
        add(Kind.POLICY, "a charge must be made to units that have a policy: " + unitName);
        continue;
      }
      if (mechanism != null) {
        BigInteger cost = mechanism.cost().pico(unit.shards(), BigInteger.valueOf(outputs));
        require(
            rho.equals(cost), Kind.COST, "cost to " + unitName + " must be " + cost + ": " + rho);
        firstCost = unit == lineage.first() ? cost : firstCost;
        // The truth, whatever the entry says.
        unit.spend(cost, index, tick);
      } else {
        unit.spend(rho, index, tick);
      }
      require(
          before.add(rho).equals(after) && after.equals(unit.spent()),
          Kind.SPENT,
          "spent by " + unitName + " must go to " + unit.spent() + ": from " + before + " to "
              + after);
      require(
          unit.spent().compareTo(unit.budget()) <= 0,
          Kind.OVER_BUDGET,
          "spent by " + unitName + " must be at most " + unit.budget() + ": " + unit.spent());
    }
    if (lineage != null) {
      require(
          named.equals(lineage.unitNames()),
          Kind.POLICY,
          "a charge must be made to every unit of its lineage, " + lineage.unitNames() + ": "
              + named);
      require(
          !lineage.closed(),
          Kind.OVER_BUDGET,
          "lineage must not be charged after it was closed: " + lineageName);
      require(
          lineage.teachers().isPresent(),
          Kind.CAMPAIGN,
          "a charge must come after its lineage's data set is bound: " + lineageName);
      BigInteger quota = lineage.quotas().get(federation);
      lineage.buy(federation, firstCost, mechanism == null ? null : mechanism.cost(), outputs);
      BigInteger spent = lineage.spentBy(federation);
      require(
          quota == null || spent.compareTo(quota) <= 0,
          Kind.QUOTA,
          "spent by coordinator of " + federation + " must be at most " + quota + ": " + spent);
    }
    LedgerEvent.Charge charge = new LedgerEvent.Charge(
        index,
        lineageName,
        campaign,
        batch,
        outputs,
        query,
        federation,
        coordinatorKey,
        firstCost,
        tick);
    charges.put(index, charge);
    pending.put(index, charge);
    chargeOfQuery.put(query, index);
  }

  private void release(FieldReader fields) throws MalformedLogException {
    long of = fields.integer("charge");
    Digest answer = fields.digest("answerDigest");
    fields.digest("noiseCommitment");
    LedgerEvent.Charge charge = pending.remove(of);
    if (charge == null) {
      add(Kind.RELEASE, "a release must be the first of an earlier charge: " + of);
      return;
    }
    Opened mechanism = mechanisms.get(charge.campaign());
    releases.put(
        index,
        new LedgerEvent.Release(
            index,
            charge,
            answer,
            mechanism == null ? 0 : mechanism.cost().width(),
            mechanism != null && mechanism.cost().sum().isPresent()));
  }

  private void burn(FieldReader fields) throws MalformedLogException {
    long of = fields.integer("charge");
    String reason = fields.text("reason");
    require(
        List.of("dataset_changed", "abandoned").contains(reason),
        Kind.MALFORMED,
        "reason of a burn must be dataset_changed or abandoned: " + reason);
    LedgerEvent.Charge charge = pending.remove(of);
    if (charge == null) {
      add(Kind.RELEASE, "a burn must be the first end of an earlier charge: " + of);
    } else {
      burns.add(new LedgerEvent.Burn(index, charge, reason, tick));
      chargeOfQuery.remove(charge.query(), of);
    }
  }

  private void refuse(FieldReader fields) throws MalformedLogException {
    String lineageName = fields.text("lineage");
    Digest campaign = fields.digest("campaign");
    Digest batch = fields.digest("batch");
    int outputs = fields.smallInteger("outputs");
    Digest query = fields.digest("queryDigest");
    String federation = fields.text("federation");
    fields.digest("coordinatorKey");
    String reason = fields.text("reason");
    String unitName = reason.equals("budget") ? fields.text("unit") : "";
    BigInteger asked = count(fields, "askedPico");
    BigInteger left = count(fields, "leftPico");
    refusals.add(new LedgerEvent.Refusal(
        index, lineageName, campaign, outputs, federation, reason, unitName, asked, left, tick));
    Opened mechanism = query(lineageName, campaign, batch, outputs, query);
    Lineage lineage = lineage(lineageName);
    if (mechanism == null || lineage == null) {
      return;
    }
    BigInteger queries = BigInteger.valueOf(outputs);
    // The first limit that does not cover the cost, in the order in which the node asks.
    for (Lineage.Unit unit : lineage.units()) {
      BigInteger cost = mechanism.cost().pico(unit.shards(), queries);
      if (cost.compareTo(lineage.left(unit)) > 0) {
        require(
            reason.equals("budget")
                && unitName.equals(unit.name())
                && asked.equals(cost)
                && left.equals(lineage.left(unit).max(BigInteger.ZERO)),
            Kind.REFUSAL,
            "refusal must name the budget of " + unit.name() + ", " + cost + " asked and "
                + lineage.left(unit) + " left: " + reason + " " + unitName + ", "
                + asked + " and " + left);
        return;
      }
    }
    BigInteger quota = lineage.quotas().get(federation);
    BigInteger cost = mechanism.cost().pico(lineage.first().shards(), queries);
    BigInteger rest = quota == null ? BigInteger.ZERO : quota.subtract(lineage.spentBy(federation));
    require(
        reason.equals("quota")
            && quota != null
            && cost.compareTo(rest) > 0
            && asked.equals(cost)
            && left.equals(rest.max(BigInteger.ZERO)),
        Kind.REFUSAL,
        "a query that every budget and the quota cover must not be refused: " + reason + ", "
            + asked + " asked and " + left + " left");
  }

  private void close(FieldReader fields) throws MalformedLogException {
    Lineage lineage = lineage(fields.text("lineage"));
    if (lineage != null) {
      require(!lineage.closed(), Kind.POLICY, "lineage must be closed once: " + lineage.name());
      lineage.close();
    }
  }

  private void audit(FieldReader fields) throws MalformedLogException {
    audits.add(new LedgerEvent.Audit(
        index,
        fields.text("audit"),
        new BigDecimal(fields.text("claim")),
        new BigDecimal(fields.text("bound")),
        new BigDecimal(fields.text("delta")),
        new BigDecimal(fields.text("confidence")),
        fields.digest("report"),
        tick));
  }

  // Whoever checks the log's signatures follows its keys; here they are no more than two fields.
  private void rotate(FieldReader fields) throws MalformedLogException {
    rotations.add(
        new LedgerEvent.Rotation(index, fields.text("oldKey"), fields.text("newKey"), tick));
  }

  private @Nullable Opened query(
      String lineage, Digest campaign, Digest batch, int outputs, Digest query) {
    require(outputs >= 1, Kind.QUERY, "outputs must be >= 1: " + outputs);
    Opened mechanism = mechanisms.get(campaign);
    if (mechanism == null || outputs < 1) {
      require(mechanism != null, Kind.CAMPAIGN, "campaign must be open: " + campaign);
      return null;
    }
    SortedMap<String, String> fields = new TreeMap<>(mechanism.fields());
    fields.put("lineage", lineage);
    fields.put("campaign", campaign.hex());
    fields.put("batch", batch.hex());
    fields.put("outputs", Integer.toString(outputs));
    Digest expected = Digest.of(CanonicalJson.encode(fields));
    require(
        expected.equals(query),
        Kind.QUERY,
        "queryDigest must be that of the query, " + expected + ": " + query);
    return mechanism;
  }

  private @Nullable Lineage lineage(String name) {
    Lineage lineage = lineages.get(name);
    if (lineage == null || lineage.isEmpty()) {
      add(Kind.POLICY, "lineage must have a policy: " + name);
      return null;
    }
    return lineage;
  }

  private static BigInteger count(FieldReader fields, String name) throws MalformedLogException {
    String text = fields.text(name);
    if (!text.matches("0|[1-9][0-9]{0,18}")) {
      throw new MalformedLogException(name + " must be an integer >= 0: " + text);
    }
    return new BigInteger(text);
  }

  private void require(boolean holds, Kind kind, String message) {
    if (!holds) {
      add(kind, message);
    }
  }

  private void add(Kind kind, String message) {
    findings.add(new AuditFinding(log, index, kind, message));
  }
}
