package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage;
import dev.retort.auditor.Lineage.Step;
import dev.retort.auditor.Lineage.Unit;
import dev.retort.cli.report.Html.Column;
import dev.retort.cli.report.Html.Fact;
import dev.retort.cli.report.Plot.Line;
import dev.retort.cli.report.Plot.Point;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was promised for each data set, what was spent of it and when, and by whom. */
final class BudgetSection {

  private static final int MOST_COORDINATORS = 100;

  private BudgetSection() {}

  static void write(Html page, AuditResult result) {
    page.section("budgets", "Budgets by data set");
    page.paragraph(
        "A promise is one budget for everything that is ever computed from a data set\u2019s records and leaves the site: all"
            + " studies and all coordinators together, for ever. Losses are added up in \u03c1, in which they are exact. The"
            + " figure \u03b5 is what that total comes to at the promised \u03b4, rounded up. Values of \u03b5 cannot be added"
            + " or subtracted; those of \u03c1 can.");
    boolean any = false;
    for (LogResult log : result.logs()) {
      if (log.ledger().isPresent()) {
        for (Lineage lineage : log.ledger().get().lineages()) {
          lineage(page, log, log.ledger().get(), lineage);
          any = true;
        }
      }
    }
    if (!any) {
      page.paragraph("No ledger with a data set was handed over.");
    }
    page.endSection();
  }

  private static void lineage(Html page, LogResult log, LedgerFold ledger, Lineage lineage) {
    page.part(
        Markup.of("Data set {} at {}", Markup.code(lineage.name()), Markup.code(log.origin())));
    page.facts(List.of(
        new Fact(
            "Parts",
            Markup.text(lineage
                .teachers()
                .map(teachers -> "split into " + Words.count(teachers)
                    + " parts, one model trained on each; the number is public")
                .orElse("no data set was bound to it"))),
        new Fact("Queries", Markup.text(tally(ledger, lineage.name())))));
    for (Unit unit : lineage.units()) {
      unit(page, log, lineage, unit);
    }
    coordinators(page, lineage);
  }

  private static String tally(LedgerFold ledger, String lineage) {
    long charges = ledger.charges().values().stream()
        .filter(c -> c.lineage().equals(lineage))
        .count();
    long released = ledger.releases().values().stream()
        .filter(release -> release.charge().lineage().equals(lineage))
        .count();
    long burned = ledger.burned().stream()
        .filter(burn -> burn.charge().lineage().equals(lineage))
        .count();
    long pending = ledger.pending().values().stream()
        .filter(c -> c.lineage().equals(lineage))
        .count();
    long refused =
        ledger.refusals().stream().filter(one -> one.lineage().equals(lineage)).count();
    return Words.count(charges, "charge", "charges") + ", of which "
        + Words.count(released) + " released, " + Words.count(burned) + " burned (given up, not"
        + " refunded), " + Words.count(pending) + " pending; "
        + Words.count(refused, "refusal", "refusals");
  }

  private static void unit(Html page, LogResult log, Lineage lineage, Unit unit) {
    BigInteger left = unit.budget().subtract(unit.spent());
    String share = Words.percent(unit.spent(), unit.budget(), RoundingMode.CEILING);
    page.add("<div class=\"unit\">");
    page.add("<h4>Each {}{}</h4>", Markup.code(unit.name()), spread(unit));
    page.table(
        Markup.of("Promise and spending for each {}", Markup.code(unit.name())),
        List.of(
            Column.words(""),
            Column.number("\u03b5, upper bound"),
            Column.number("at \u03b4"),
            Column.number("\u03c1, exact"),
            Column.number("share of \u03c1")),
        List.of(
            List.of(
                Markup.text("Promised"),
                Markup.text(Words.decimal(unit.epsilon())),
                Markup.text(Words.decimal(unit.delta())),
                Markup.text(Words.rho(unit.budget())),
                Markup.text("100 %")),
            List.of(
                Markup.text("Spent"),
                Markup.text(Losses.epsilonText(unit.spent(), unit.delta())),
                Markup.text(Words.decimal(unit.delta())),
                Markup.text(Words.rho(unit.spent())),
                Markup.text(share)),
            List.of(
                Markup.text(left.signum() < 0 ? "Exceeded by" : "Left"),
                Markup.text("\u2013"),
                Markup.text("\u2013"),
                Markup.text(Words.rho(left.abs())),
                Markup.text(Words.percent(left.abs(), unit.budget(), RoundingMode.FLOOR)))));
    page.add("{}", bar(unit, share));
    if (unit.steps().size() > 1) {
      page.figure(
          timeline(log, lineage, unit),
          Markup.of(
              "What each {} had lost in all, over time (UTC), by the ledger\u2019s own dates, which are whole minutes."
                  + " Nothing is ever given back, so the line never falls.",
              Markup.code(unit.name())));
    } else {
      page.paragraph("Nothing was spent, so there is no course of spending to show.");
    }
    page.add("</div>");
  }

  private static String spread(Unit unit) {
    return unit.shards().equals(BigInteger.ONE)
        ? ", whose records lie in one part"
        : ", whose records lie in at most " + unit.shards() + " parts by the site\u2019s word";
  }

  private static Markup bar(Unit unit, String share) {
    double part = unit.budget().signum() == 0
        ? 0
        : Math.min(1, unit.spent().doubleValue() / unit.budget().doubleValue());
    boolean over = unit.spent().compareTo(unit.budget()) > 0;
    return Markup.of(
        "<svg class=\"bar\" viewBox=\"0 0 640 16\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{} of the promise"
            + " is spent\"><rect x=\"0.5\" y=\"0.5\" width=\"639\" height=\"15\" fill=\"#ffffff\" stroke=\"#555555\"/><rect"
            + " x=\"1\" y=\"1\" width=\"{}\" height=\"14\" fill=\"{}\"/></svg>\n<p class=\"detail\">{}</p>",
        share,
        String.format(java.util.Locale.ROOT, "%.1f", 638 * part),
        over ? "#B00020" : "#0072B2",
        over
            ? "More is spent than was promised: " + share + "."
            : share + " of the promise is spent.");
  }

  private static Markup timeline(LogResult log, Lineage lineage, Unit unit) {
    List<Step> steps = unit.steps();
    long last = log.dates().map(AuditResult.Dates::last).orElse(steps.get(0).tick());
    TimeAxis axis = TimeAxis.around(
        steps.stream().mapToLong(Step::tick).min().orElse(0),
        Math.max(last, steps.get(steps.size() - 1).tick()));
    List<Point> points = points(unit, axis);
    return new Plot(
            "Loss of each " + unit.name() + " of " + lineage.name() + " at " + log.origin()
                + " over time: " + Losses.epsilonText(unit.spent(), unit.delta()) + " of "
                + Words.decimal(unit.epsilon()) + " at the end",
            "time (UTC)",
            "\u03b5 spent, upper bound at \u03b4 = " + Words.decimal(unit.delta()),
            (double) axis.from(),
            (double) axis.to(),
            axis.ticks(),
            List.of(new Line("spent", true, points)),
            promise(unit),
            "promised: \u03b5 = " + Words.decimal(unit.epsilon()))
        .svg();
  }

  /** The opening, then the last of the charges that share a column of the plot: more could not be told apart. */
  private static List<Point> points(Unit unit, TimeAxis axis) {
    record Seen(long at, Step step) {}
    TreeMap<Long, Seen> columns = new TreeMap<>();
    Step opening = unit.steps().get(0);
    long latest = TimeAxis.clamp(opening.tick());
    for (Step step : unit.steps()) {
      // An entry that is dated backwards is drawn where the one before it is.
      latest = Math.max(latest, TimeAxis.clamp(step.tick()));
      columns.put(axis.column(latest), new Seen(latest, step));
    }
    List<Point> points = new ArrayList<>();
    points.add(point(TimeAxis.clamp(opening.tick()), opening, unit));
    for (Seen seen : columns.values()) {
      if (seen.step().index() != opening.index()) {
        points.add(point(seen.at(), seen.step(), unit));
      }
    }
    return points;
  }

  private static double promise(Unit unit) {
    double epsilon = unit.epsilon().doubleValue();
    return Double.isFinite(epsilon) && epsilon > 0 ? epsilon : Double.NaN;
  }

  private static Point point(long second, Step step, Unit unit) {
    double epsilon = Losses.epsilon(step.spent(), unit.delta()).orElse(0);
    return new Point((double) second, Double.isFinite(epsilon) ? epsilon : 0);
  }

  private static void coordinators(Html page, Lineage lineage) {
    Map<String, List<Markup>> rows = new TreeMap<>();
    List<String> names = new ArrayList<>(lineage.parties().keySet());
    lineage.quotas().keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
    for (String name : names) {
      BigInteger spent = lineage.parties().getOrDefault(name, BigInteger.ZERO);
      BigInteger quota = lineage.quotas().get(name);
      rows.put(
          name,
          List.of(
              Markup.code(name),
              Markup.text(Words.rho(spent)),
              Markup.text(quota == null ? "none" : Words.rho(quota)),
              Markup.text(
                  quota == null
                      ? "\u2013"
                      : Words.rho(quota.subtract(spent).max(BigInteger.ZERO)))));
    }
    if (rows.isEmpty()) {
      page.paragraph("No coordinator has asked about this data set.");
      return;
    }
    page.longTable(
        Markup.of("Spending and quota of each coordinator, in the \u03c1 of the first unit"),
        List.of(
            Column.words("Coordinator of"),
            Column.number("\u03c1 spent"),
            Column.number("\u03c1 quota"),
            Column.number("\u03c1 left of the quota")),
        List.copyOf(rows.values()),
        MOST_COORDINATORS);
  }
}
