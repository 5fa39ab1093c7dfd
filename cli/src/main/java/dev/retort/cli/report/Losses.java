package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.LedgerEvent.Charge;
import dev.retort.auditor.LedgerEvent.Release;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage;
import dev.retort.auditor.Lineage.Step;
import dev.retort.auditor.Lineage.Unit;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Conversion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** What studies cost, drawn from ledgers that were followed to their end. */
final class Losses {

  private static final int PICO_DIGITS = 12;

  private final List<SiteLosses> sites;

  private record SiteLosses(LogResult log, LedgerFold ledger, List<StudyLoss> studies) {}

  private record Key(Digest campaign, String lineage) {}

  /**
   * What one study cost one unit of one data set.
   *
   * @param charged queries charged
   * @param answered queries for which an answer was released
   * @param cost in 1e-12 rho
   */
  record StudyLoss(
      LogResult log,
      LedgerFold ledger,
      Digest plan,
      Lineage lineage,
      Unit unit,
      long charged,
      long answered,
      BigInteger cost) {

    /** Whether it is the unit by which the records are split. */
    boolean ofFirstUnit() {
      return lineage.units().iterator().next() == unit;
    }
  }

  /** Queries of a study in a data set. */
  private static final class Tally {
    private long charged;
    private long answered;
  }

  /** The losses in all ledgers of an audit. */
  Losses(AuditResult result) {
    List<SiteLosses> all = new ArrayList<>();
    for (LogResult log : result.logs()) {
      log.ledger().ifPresent(ledger -> all.add(new SiteLosses(log, ledger, studies(log, ledger))));
    }
    sites = List.copyOf(all);
  }

  /** What a study cost, by site, data set and unit. */
  List<StudyLoss> of(Digest plan) {
    return sites.stream()
        .flatMap(site -> site.studies().stream())
        .filter(loss -> loss.plan().equals(plan))
        .toList();
  }

  private static List<StudyLoss> studies(LogResult log, LedgerFold ledger) {
    Set<Long> answered = ledger.releases().values().stream()
        .map(Release::charge)
        .map(Charge::index)
        .collect(Collectors.toSet());
    Map<Key, Tally> tallies = new LinkedHashMap<>();
    for (Charge charge : ledger.charges().values()) {
      Tally tally =
          tallies.computeIfAbsent(new Key(charge.campaign(), charge.lineage()), key -> new Tally());
      tally.charged += charge.outputs();
      tally.answered += answered.contains(charge.index()) ? charge.outputs() : 0;
    }
    List<StudyLoss> losses = new ArrayList<>();
    for (Lineage lineage : ledger.lineages()) {
      for (Unit unit : lineage.units()) {
        Map<Digest, BigInteger> costs = costs(ledger, unit);
        tallies.forEach((key, tally) -> {
          if (key.lineage().equals(lineage.name())) {
            losses.add(new StudyLoss(
                log,
                ledger,
                key.campaign(),
                lineage,
                unit,
                tally.charged,
                tally.answered,
                costs.getOrDefault(key.campaign(), BigInteger.ZERO)));
          }
        });
      }
    }
    return List.copyOf(losses);
  }

  // A unit that was opened late begins with what earlier charges cost it, which no step tells
  // apart:
  // each of them cost shards^2 times what it cost the first unit, up to rounding.
  private static Map<Digest, BigInteger> costs(LedgerFold ledger, Unit unit) {
    Map<Digest, BigInteger> costs = new HashMap<>();
    Step opening = unit.steps().get(0);
    for (Charge charge : ledger.charges().values()) {
      if (charge.index() < opening.index() && opening.spent().signum() > 0) {
        costs.merge(
            charge.campaign(),
            charge.firstUnitCost().multiply(unit.shards().pow(2)),
            BigInteger::add);
      }
    }
    for (Step step : unit.steps().subList(1, unit.steps().size())) {
      Charge charge = ledger.charges().get(step.index());
      if (charge != null) {
        costs.merge(charge.campaign(), step.cost(), BigInteger::add);
      }
    }
    return costs;
  }

  /** An upper bound on the epsilon of a zCDP loss; empty where delta is no probability. */
  static OptionalDouble epsilon(BigInteger pico, BigDecimal delta) {
    if (pico.signum() == 0) {
      return OptionalDouble.of(0);
    }
    double near = Math.nextDown(delta.doubleValue());
    double rho = Math.nextUp(new BigDecimal(pico, PICO_DIGITS).doubleValue());
    return near > 0 && near < 1 && Double.isFinite(rho)
        ? OptionalDouble.of(Conversion.epsilon(rho, near))
        : OptionalDouble.empty();
  }

  /** That bound as the page writes it. */
  static String epsilonText(BigInteger pico, BigDecimal delta) {
    OptionalDouble epsilon = epsilon(pico, delta);
    return epsilon.isPresent() ? Words.above(epsilon.getAsDouble()) : Words.NO_BOUND;
  }
}
