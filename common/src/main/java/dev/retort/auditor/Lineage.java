package dev.retort.auditor;

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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One data-set lineage: its promises, and what was spent of them by whom. Not thread-safe. */
public final class Lineage {

  private final String name;
  private final Map<String, Unit> units = new LinkedHashMap<>();
  private final Map<String, BigInteger> quotas = new TreeMap<>();
  private final Map<String, BigInteger> parties = new TreeMap<>();
  private final Map<Purchase, BigInteger> purchases = new HashMap<>();
  private @Nullable Integer teachers;
  private boolean closed;

  Lineage(String name) {
    this.name = name;
  }

  /** The lineage's name. */
  public String name() {
    return name;
  }

  /** Its units, the one by which records are sharded first. */
  public Collection<Unit> units() {
    return Collections.unmodifiableCollection(units.values());
  }

  /** What each coordinator spent, in the loss of the first unit, in 1e-12 rho. */
  public Map<String, BigInteger> parties() {
    return Collections.unmodifiableMap(parties);
  }

  /** The quotas that are set, in 1e-12 rho. */
  public Map<String, BigInteger> quotas() {
    return Collections.unmodifiableMap(quotas);
  }

  /** The public count of teachers, once a data set is bound. */
  public Optional<Integer> teachers() {
    return Optional.ofNullable(teachers);
  }

  /** Whether what was left of its budgets was withdrawn. */
  public boolean closed() {
    return closed;
  }

  boolean isEmpty() {
    return units.isEmpty();
  }

  @Nullable
  Unit unit(String unitName) {
    return units.get(unitName);
  }

  SortedSet<String> unitNames() {
    return new TreeSet<>(units.keySet());
  }

  /** Adds a unit, unless there is one of its name. */
  boolean add(Unit unit) {
    return units.putIfAbsent(unit.name, unit) == null;
  }

  void limit(String federation, BigInteger quota) {
    quotas.put(federation, quota);
  }

  void bind(int count) {
    teachers = count;
  }

  void close() {
    closed = true;
  }

  /** A coordinator's purchase; the mechanism is null where it is unknown. */
  void buy(String federation, BigInteger cost, @Nullable MechanismCost mechanism, int outputs) {
    parties.merge(federation, cost, BigInteger::add);
    if (mechanism != null) {
      purchases.merge(
          new Purchase(mechanism, BigInteger.valueOf(outputs)), BigInteger.ONE, BigInteger::add);
    }
  }

  BigInteger left(Unit unit) {
    return closed ? BigInteger.ZERO : unit.budget.subtract(unit.spent);
  }

  Unit first() {
    return units.values().iterator().next();
  }

  BigInteger spentBy(String federation) {
    return parties.getOrDefault(federation, BigInteger.ZERO);
  }

  BigInteger pastCost(BigInteger shards) {
    return purchases.entrySet().stream()
        .map(one ->
            one.getKey().mechanism.pico(shards, one.getKey().outputs).multiply(one.getValue()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** One privacy unit's promise and what was spent of it. */
  public static final class Unit {

    private final String name;
    private final BigInteger shards;
    private final BigDecimal epsilon;
    private final BigDecimal delta;
    private final BigInteger budget;
    private final List<Step> steps = new ArrayList<>();
    private BigInteger spent;

    Unit(
        String name,
        BigInteger shards,
        BigDecimal epsilon,
        BigDecimal delta,
        BigInteger budget,
        BigInteger spent) {
      this.name = name;
      this.shards = shards;
      this.epsilon = epsilon;
      this.delta = delta;
      this.budget = budget;
      this.spent = spent;
    }

    /** What earlier charges had cost it already when its policy was opened. */
    void begin(long index, long tick) {
      steps.add(new Step(index, tick, spent, spent));
    }

    /** What is protected. */
    public String name() {
      return name;
    }

    /** The most shards that hold records of one. */
    public BigInteger shards() {
      return shards;
    }

    /** The promise. */
    public BigDecimal epsilon() {
      return epsilon;
    }

    /** The promise's delta. */
    public BigDecimal delta() {
      return delta;
    }

    /** The filter, in 1e-12 rho. */
    public BigInteger budget() {
      return budget;
    }

    /** What was spent of it, in 1e-12 rho. */
    public BigInteger spent() {
      return spent;
    }

    /** How it came to that: the opening, then each charge. */
    public List<Step> steps() {
      return Collections.unmodifiableList(steps);
    }

    void spend(BigInteger cost, long index, long tick) {
      spent = spent.add(cost);
      steps.add(new Step(index, tick, cost, spent));
    }
  }

  /**
   * One step of what a unit lost.
   *
   * @param index the entry: the unit's policy or a charge
   * @param tick when, in seconds since 1970, as the entry says
   * @param cost what it added, in 1e-12 rho
   * @param spent what was spent after it
   */
  public record Step(long index, long tick, BigInteger cost, BigInteger spent) {}

  record Purchase(MechanismCost mechanism, BigInteger outputs) {}
}
