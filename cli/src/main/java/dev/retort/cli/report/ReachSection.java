package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.Lineage;
import dev.retort.auditor.Lineage.Unit;
import dev.retort.cli.report.Html.Column;
import dev.retort.cli.report.Losses.StudyLoss;
import dev.retort.cli.report.Plot.Line;
import dev.retort.cli.report.Plot.Point;
import dev.retort.cli.report.StudySection.Study;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Epsilon if nodes collude, and if several data sets hold records of one person. */
final class ReachSection {

  private static final int MOST_STUDIES = 100;
  private static final int MOST_POINTS = 64;
  private static final int ALL_ROWS = 12;

  private ReachSection() {}

  /** What one data set's first unit lost, and the delta of its promise. */
  private record Place(BigInteger cost, BigDecimal delta) {}

  static void write(Html page, AuditResult result, Losses losses) {
    page.section("colluding", "If nodes collude, or know the same person");
    boolean summed = isSummed(result);
    page.paragraph(
        summed
            ? "Some answers went into secure sums, where a site counts on the noise of others: the figures for colluding nodes"
                + " hold for as many as a study\u2019s plan allows for, and the table of each study says what is lost beyond. Where a"
                + " site adds its whole noise itself, nobody else can take that protection away."
            : "Here every site added its whole noise itself, before anything left it. So nobody else\u2019s noise protects a"
                + " site\u2019s records, and nobody else can take that protection away: if other nodes pool all they know, even"
                + " with the coordinator, the loss of a person at this site stays what it was.");
    page.paragraph(
        "It is different where several data sets hold records of the same person, at one site or at several. Then that person"
            + " loses what all of them spent, taken together"
            + (summed
                ? ", and in a secure sum more than that: one noise hides them all, so that what adds up is the root of \u03c1."
                : ".")
            + " No program can see that it is the same person; the sites must"
            + " know. The tables count the data sets that spent most first, in the unit by which each data set is split,"
            + " which must mean the same everywhere, and by the filter\u2019s bound.");
    List<Place> everything = new ArrayList<>();
    for (LogResult log : result.logs()) {
      log.ledger()
          .ifPresent(ledger -> ledger
              .lineages()
              .forEach(lineage -> first(lineage)
                  .forEach(unit -> everything.add(new Place(unit.spent(), unit.delta())))));
    }
    places(page, Markup.text("All studies together"), everything, summed);
    plot(page, everything, summed);
    List<Study> studies = StudySection.studies(result);
    if (studies.size() > 1) {
      studies.stream()
          .limit(MOST_STUDIES)
          .forEach(study -> places(page, study.title(), of(losses, study), summed));
    }
    page.endSection();
  }

  private static List<Unit> first(Lineage lineage) {
    return lineage.units().stream().limit(1).toList();
  }

  private static List<Place> of(Losses losses, Study study) {
    return losses.of(study.plan()).stream()
        .filter(StudyLoss::ofFirstUnit)
        .map(loss -> new Place(loss.cost(), loss.unit().delta()))
        .toList();
  }

  private static void places(Html page, Markup title, List<Place> all, boolean summed) {
    page.part(title);
    List<BigInteger> sums = sums(all, summed);
    if (sums.isEmpty()) {
      page.paragraph("Nothing was spent.");
      return;
    }
    BigDecimal delta = delta(all);
    List<List<Markup>> rows = new ArrayList<>();
    String alone = Losses.epsilonText(sums.get(0), delta);
    for (int k : shown(sums.size())) {
      rows.add(List.of(
          Markup.text(Integer.toString(k)),
          Markup.text(k < sums.size() ? alone : "\u2013"),
          Markup.text(k == 0 ? "\u2013" : Losses.epsilonText(sums.get(k - 1), delta))));
    }
    page.table(
        Markup.of(
            "\u03b5 at \u03b4 = {} of the person who lost most, over {}",
            Words.decimal(delta),
            Words.count(sums.size(), "data set", "data sets")),
        List.of(
            Column.number("Number k"),
            Column.number("k others collude; the person is known to one"),
            Column.number("k data sets hold the same person")),
        rows);
  }

  /** Whether some answers were protected by several sites' noise together. */
  private static boolean isSummed(AuditResult result) {
    return result.logs().stream()
        .flatMap(log -> log.ledger().stream())
        .flatMap(ledger -> ledger.campaigns().stream())
        .anyMatch(campaign -> campaign.fields().containsKey("contributors"));
  }

  /**
   * What a person lost who is known to the first data set, the first two, and so on, the costliest first. Noises of their
   * own add up in rho; one noise over all hides a shift as long as all shifts together, so that roots of rho add up, which
   * is more than the sum and bounds both.
   */
  private static List<BigInteger> sums(List<Place> places, boolean summed) {
    List<BigInteger> costs = places.stream()
        .map(Place::cost)
        .filter(cost -> cost.signum() > 0)
        .sorted(Comparator.reverseOrder())
        .toList();
    List<BigInteger> sums = new ArrayList<>();
    BigInteger sum = BigInteger.ZERO;
    for (BigInteger cost : costs) {
      // The square of the sum of roots, with the mixed term rounded up.
      BigInteger mixed = sum.multiply(cost).sqrt().add(BigInteger.ONE).shiftLeft(1);
      sum = sum.add(cost).add(summed && !sums.isEmpty() ? mixed : BigInteger.ZERO);
      sums.add(sum);
    }
    return sums;
  }

  /** The smallest, which gives the largest epsilon. */
  private static BigDecimal delta(List<Place> places) {
    return places.stream().map(Place::delta).min(Comparator.naturalOrder()).orElse(BigDecimal.ONE);
  }

  private static void plot(Html page, List<Place> places, boolean summed) {
    List<BigInteger> sums = sums(places, summed);
    if (sums.size() > 1) {
      page.figure(
          plot(sums, delta(places)),
          Markup.text(
              summed
                  ? "Colluding nodes change nothing up to the number that each study allows for; the losses of one person in"
                      + " several data sets add up."
                  : "Colluding nodes change nothing; the losses of one person in several data sets add up."));
    }
  }

  /** All numbers from 0, or the first of them, then doubled ones, and the last. */
  private static List<Integer> shown(int last) {
    List<Integer> shown = new ArrayList<>();
    for (int k = 0; k <= last; k = k < ALL_ROWS || last <= 2 * ALL_ROWS ? k + 1 : 2 * k) {
      shown.add(k);
    }
    if (shown.get(shown.size() - 1) != last) {
      shown.add(last);
    }
    return shown;
  }

  private static Markup plot(List<BigInteger> sums, BigDecimal delta) {
    int every = Math.max(1, (sums.size() + MOST_POINTS - 1) / MOST_POINTS);
    List<Point> together = new ArrayList<>();
    List<Point> colluding = new ArrayList<>();
    double alone = Losses.epsilon(sums.get(0), delta).orElse(0);
    for (int k = 0; k < sums.size(); k += every) {
      together.add(new Point(k + 1, Losses.epsilon(sums.get(k), delta).orElse(0)));
      colluding.add(new Point(k, alone));
    }
    return new Plot(
            "Loss against the number of colluding nodes, and of data sets that hold one person",
            "number k",
            "\u03b5, upper bound at \u03b4 = " + Words.decimal(delta),
            0,
            sums.size(),
            Plot.whole(0, sums.size()),
            List.of(
                new Line("k others collude; the person is known to one data set", false, colluding),
                new Line("k data sets hold the same person", false, together)),
            Double.NaN,
            "")
        .svg();
  }
}
