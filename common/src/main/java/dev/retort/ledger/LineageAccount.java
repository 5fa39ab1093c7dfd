package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was promised and spent on one data-set lineage: a filter for each privacy unit, and within them what each
 * coordinator spent of its quota. Not thread-safe.
 *
 * <p>Every charge is charged to every filter, each by its own unit's sensitivity, and must fit them all. A filter that is
 * opened late begins with all that was charged before it, so that no unit ever finds a fresh budget for records that were
 * already asked about. Quotas count the first unit's loss: the one by which records are sharded.
 */
final class LineageAccount {

  /** The promise to one unit, and what was spent of it. */
  static final class UnitAccount {
    final PolicyOpen policy;
    Zcdp spent;
    private boolean closed;

    UnitAccount(PolicyOpen policy, Zcdp spent) {
      this.policy = policy;
      this.spent = spent;
    }

    /** The filter; a forged ledger may name a budget that no filter takes, or spend more than it. */
    BudgetFilter filter() {
      return filterOf(
          closed && spent.compareTo(policy.budget()) < 0 ? spent : policy.budget(), spent);
    }
  }

  /** What one coordinator spent, in the first unit's loss, and its quota if it has one. */
  static final class PartyAccount {
    Zcdp spent = Zcdp.ZERO;

    @Nullable
    Zcdp quota;
  }

  /** A binding, and the entry that made it. */
  record BoundDataset(long seq, DatasetBind bind) {}

  /** Whether a charge may be made. */
  sealed interface Admission {

    /** It fits every filter and the quota. */
    record Granted(List<UnitCharge> units) implements Admission {}

    /** It does not fit {@code limit}, the first of the filters in the order of their opening, then the quota. */
    record Refused(Limit limit, Zcdp asked, Zcdp left) implements Admission {}
  }

  private record Purchase(Mechanism mechanism, int outputs) {}

  private final Map<String, UnitAccount> units = new LinkedHashMap<>();
  private final Map<String, PartyAccount> parties = new TreeMap<>();
  private final Map<Purchase, Long> purchases = new HashMap<>();
  private final UnitAccount first;
  long releases;

  @Nullable
  BoundDataset dataset;

  LineageAccount(PolicyOpen policy) {
    this.first = new UnitAccount(policy, Zcdp.ZERO);
    units.put(policy.unit().name(), first);
  }

  /** Opens a filter for one more unit, unless it has one. */
  void protectAlso(PolicyOpen policy) {
    UnitAccount more = new UnitAccount(policy, costOfThePast(policy.unit()));
    more.closed = first.closed;
    units.putIfAbsent(policy.unit().name(), more);
  }

  /** Withdraws what is left of every budget. */
  void close() {
    units.values().forEach(unit -> unit.closed = true);
  }

  /** Whether what was left has been withdrawn. */
  boolean isClosed() {
    return first.closed;
  }

  /** The account of the unit by which records are sharded. */
  UnitAccount first() {
    return first;
  }

  /** All units' accounts in the order of their opening. */
  Collection<UnitAccount> units() {
    return units.values();
  }

  @Nullable
  UnitAccount unit(String name) {
    return units.get(name);
  }

  /** Coordinators that have spent or have a quota, by federation. */
  Map<String, PartyAccount> parties() {
    return parties;
  }

  void setQuota(String federation, Zcdp quota) {
    parties.computeIfAbsent(federation, name -> new PartyAccount()).quota = quota;
  }

  /** The most a coordinator may spend: its quota, or else the first unit's budget. */
  Zcdp quota(String federation) {
    PartyAccount party = parties.get(federation);
    Zcdp quota = party == null ? null : party.quota;
    return quota == null ? first.policy.budget() : quota;
  }

  /** A coordinator's quota as a filter, if it has one. */
  @Nullable
  BudgetFilter quotaFilter(String federation) {
    PartyAccount party = parties.get(federation);
    Zcdp quota = party == null ? null : party.quota;
    return party == null || quota == null ? null : filterOf(quota, party.spent);
  }

  /** Whether {@code party} may be charged for {@code outputs} answers. Public numbers decide, and nothing else. */
  Admission admit(Mechanism mechanism, int outputs, Party party) {
    List<UnitCharge> charges = new ArrayList<>();
    for (UnitAccount unit : units.values()) {
      Zcdp cost = mechanism.cost(unit.policy.unit(), outputs);
      String name = unit.policy.unit().name();
      if (unit.filter().tryCharge(cost) instanceof BudgetFilter.Granted granted) {
        charges.add(new UnitCharge(name, cost, unit.spent, granted.after().spent()));
      } else {
        return new Admission.Refused(new Limit.Filter(name), cost, unit.filter().left());
      }
    }
    BudgetFilter quota = quotaFilter(party.federation());
    Zcdp cost = mechanism.cost(first.policy.unit(), outputs);
    if (quota != null && quota.tryCharge(cost) instanceof BudgetFilter.Refused refused) {
      return new Admission.Refused(
          new Limit.Quota(party.federation()), refused.asked(), refused.left());
    }
    charges.sort(Comparator.comparing(UnitCharge::unit));
    return new Admission.Granted(charges);
  }

  /**
   * Spends a charge, whether or not it was rightly made.
   *
   * @param mechanism the campaign's, by which costs are reckoned; null if unknown, so that the charge is believed
   */
  void spend(Charge charge, @Nullable Mechanism mechanism) {
    int outputs = charge.query().outputs();
    for (UnitAccount unit : units.values()) {
      unit.spent = sum(unit.spent, cost(charge, mechanism, unit.policy.unit()));
    }
    PartyAccount party =
        parties.computeIfAbsent(charge.party().federation(), name -> new PartyAccount());
    party.spent = sum(party.spent, cost(charge, mechanism, first.policy.unit()));
    if (mechanism != null) {
      purchases.merge(new Purchase(mechanism, outputs), 1L, Math::addExact);
    }
  }

  /** What all charges so far would have cost a unit: each rounded up for itself, as it would have been charged. */
  Zcdp costOfThePast(PrivacyUnit unit) {
    BigInteger total = BigInteger.ZERO;
    for (Map.Entry<Purchase, Long> purchase : purchases.entrySet()) {
      Zcdp cost = purchase.getKey().mechanism().cost(unit, purchase.getKey().outputs());
      total = total.add(
          BigInteger.valueOf(cost.picoRho()).multiply(BigInteger.valueOf(purchase.getValue())));
    }
    return total.bitLength() < Long.SIZE ? new Zcdp(total.longValueExact()) : Zcdp.UNBOUNDED;
  }

  private static Zcdp cost(Charge charge, @Nullable Mechanism mechanism, PrivacyUnit unit) {
    if (mechanism != null) {
      return mechanism.cost(unit, charge.query().outputs());
    }
    return charge.units().stream()
        .filter(one -> one.unit().equals(unit.name()))
        .map(UnitCharge::rho)
        .findFirst()
        .orElse(Zcdp.ZERO);
  }

  private static BudgetFilter filterOf(Zcdp budget, Zcdp spent) {
    Zcdp bounded = budget.equals(Zcdp.UNBOUNDED) ? new Zcdp(Long.MAX_VALUE - 1) : budget;
    return new BudgetFilter(bounded, spent.compareTo(bounded) > 0 ? bounded : spent);
  }

  // Only a forged ledger gets there; it must be audited to its end.
  private static Zcdp sum(Zcdp a, Zcdp b) {
    long sum = a.picoRho() + b.picoRho();
    return sum < 0 ? Zcdp.UNBOUNDED : new Zcdp(sum);
  }
}
