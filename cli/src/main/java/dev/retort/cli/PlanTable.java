package dev.retort.cli;

import dev.retort.forecast.Accountant;
import dev.retort.forecast.EpsilonBound;
import dev.retort.forecast.RestOfVotes;
import dev.retort.forecast.Scope;
import dev.retort.forecast.StudyForecast;
import dev.retort.plan.Aggregation;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyPlan;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A forecast as a table for a terminal. */
record PlanTable(StudyForecast forecast) {

  /** At most so many counts of absent nodes are listed. */
  static final int MOST_ROWS = 16;

  /** The shares of votes for the leading class that are listed, where it leads at all. */
  static final List<Double> AGREEMENTS = List.of(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);

  String text() {
    StringBuilder out = new StringBuilder();
    study(out);
    noise(out);
    losses(out);
    absences(out);
    labelErrors(out);
    notes(out);
    return out.toString();
  }

  private void study(StringBuilder out) {
    StudyPlan plan = forecast.plan();
    StudyPlan.Privacy privacy = plan.privacy();
    line(
        out,
        "Study %s: %d classes, %s, %d queries",
        plan.study(),
        plan.labelSpace().size(),
        released(plan),
        plan.queries().limit());
    line(
        out,
        "  %-42s %s",
        "federation",
        count(forecast.nodes(), "node") + " of " + rows(plan) + " each");
    line(
        out,
        "  %-42s epsilon %s at delta %s for each %s, at each node",
        "asked for",
        privacy.epsilon(),
        privacy.delta(),
        privacy.unit());
    line(out, "  %-42s sigma %d, %s", "noise of each node", privacy.sigma(), forecast.charge());
  }

  private static String released(StudyPlan plan) {
    int grid = plan.privacy().labelGrid();
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN ->
        (grid == 1 ? "votes" : "labels on a grid of " + grid)
            + (plan.asksForHints()
                ? " and hints of " + count(plan.hints().dimensions(), "dimension")
                : "");
      case CLASS_SUMS -> "class sums";
    };
  }

  private String rows(StudyPlan plan) {
    return isOfLabels()
        ? count(plan.teachers().perNode(), "teacher")
        : "at most " + count(plan.rowsPerNode(), "unit");
  }

  private boolean isOfLabels() {
    return forecast.plan().privacy().mechanism() == MechanismKind.DISCRETE_GAUSSIAN;
  }

  private void noise(StringBuilder out) {
    heading(
        out,
        "Noise on each class (standard deviation)",
        name(Aggregation.LOCAL),
        name(Aggregation.SECURE));
    pair(out, "that each node adds to its sum, grid units", "%.1f", forecast::nodeSigma);
    pair(out, "on the sum of all nodes, grid units", "%.1f", forecast::sumSigma);
    if (isOfLabels()) {
      pair(out, "on the mean label of all teachers", "%.4g", forecast::meanSigma);
    }
    if (forecast.plan().asksForHints()) {
      pair(out, "on the mean hint, of length 1 at most", "%.4g", forecast::hintSigma);
    }
  }

  private void losses(StringBuilder out) {
    StudyPlan plan = forecast.plan();
    heading(
        out,
        "Epsilon at delta " + plan.privacy().delta(),
        name(Aggregation.LOCAL) + " zcdp",
        "gdp",
        name(Aggregation.SECURE) + " zcdp",
        "gdp");
    loss(out, "one unit, each node", Scope.UNIT_AT_ONE_SITE);
    loss(
        out,
        "one unit at " + count(forecast.sitesPerUnit(), "site") + ", federation",
        Scope.UNIT_IN_FEDERATION);
    loss(out, "a whole site, " + rows(plan) + " at once", Scope.WHOLE_SITE);
    if (!bound(Scope.WHOLE_SITE, Aggregation.LOCAL, Accountant.ZCDP, 0).isMeaningful()) {
      line(
          out,
          "  For a whole site this is no meaningful guarantee: the study protects each %s,",
          plan.privacy().unit());
      line(out, "  and not that a site takes part or how it answers as a whole.");
    }
  }

  private void absences(StringBuilder out) {
    heading(
        out,
        "Epsilon if t nodes collude or drop out",
        name(Aggregation.LOCAL) + " zcdp",
        "gdp",
        name(Aggregation.SECURE) + " zcdp",
        "gdp",
        "variance left",
        "restored by");
    for (int absent : forecast.absences(MOST_ROWS)) {
      int nodes = forecast.nodes();
      line(
          out,
          "  t = %-38d %s  %12s  %12s",
          absent,
          cells(Scope.UNIT_IN_FEDERATION, absent),
          String.format(Locale.ROOT, "%.1f %%", 100.0 * (nodes - absent) / nodes),
          String.format(Locale.ROOT, "sigma x %.3f", forecast.overNoising(absent)));
    }
  }

  private void labelErrors(StringBuilder out) {
    if (!isOfLabels()) {
      return;
    }
    heading(
        out,
        "Labels whose arg max noise moves",
        name(Aggregation.LOCAL) + ": even",
        "one rival",
        name(Aggregation.SECURE) + ": even",
        "one rival");
    for (double agreement : AGREEMENTS) {
      if (agreement > RestOfVotes.SPREAD_EVENLY.smallestAgreement(classes())) {
        line(
            out,
            "  %-42s %12s  %12s  %14s  %12s",
            String.format(Locale.ROOT, "where %.0f %% of teachers agree", 100 * agreement),
            error(agreement, RestOfVotes.SPREAD_EVENLY, Aggregation.LOCAL),
            error(agreement, RestOfVotes.ON_ONE_RIVAL, Aggregation.LOCAL),
            error(agreement, RestOfVotes.SPREAD_EVENLY, Aggregation.SECURE),
            error(agreement, RestOfVotes.ON_ONE_RIVAL, Aggregation.SECURE));
      }
    }
  }

  private void notes(StringBuilder out) {
    out.append(System.lineSeparator());
    line(
        out,
        "Every epsilon is an upper bound. zcdp: what the node's filter counts, valid however queries");
    line(
        out,
        "are chosen. gdp: the exact Gaussian curve, tighter, for noise and count of queries fixed in advance.");
    if (isOfLabels()) {
      line(out, "even, one rival: where the votes go that the leading class does not get.");
    }
    if (forecast.isPlanned(Aggregation.LOCAL)) {
      line(
          out,
          "* For comparison: under privacy.aggregation: secure each of K nodes adds about sigma / sqrt(K), at");
      line(
          out,
          "  least 2, and the guarantee hangs on the nodes that are honest and stay: cohort.colluders says how many.");
    } else {
      line(
          out,
          "* For comparison: the noise of each node that keeps its epsilon without the others.");
      line(
          out,
          "  The study counts on %d nodes' noise: cohort.minimum less cohort.maxExcluded and cohort.colluders.",
          SecureSums.contributors(forecast.plan()));
    }
  }

  private String name(Aggregation aggregation) {
    String word = aggregation == Aggregation.LOCAL ? "local" : "secure";
    return forecast.isPlanned(aggregation) ? word : word + " *";
  }

  private int classes() {
    return forecast.plan().labelSpace().size();
  }

  private EpsilonBound bound(Scope scope, Aggregation aggregation, Accountant by, int absent) {
    return forecast.bound(scope, aggregation, by, absent);
  }

  private void loss(StringBuilder out, String name, Scope scope) {
    line(out, "  %-42s %s", name, cells(scope, 0));
  }

  private String cells(Scope scope, int absent) {
    return String.format(
        "%12s  %12s  %14s  %12s",
        epsilon(bound(scope, Aggregation.LOCAL, Accountant.ZCDP, absent)),
        epsilon(bound(scope, Aggregation.LOCAL, Accountant.GDP, absent)),
        epsilon(bound(scope, Aggregation.SECURE, Accountant.ZCDP, absent)),
        epsilon(bound(scope, Aggregation.SECURE, Accountant.GDP, absent)));
  }

  /** Rounded up, as a bound must be. */
  private static String epsilon(EpsilonBound bound) {
    if (Double.isInfinite(bound.epsilon())) {
      return "-";
    }
    double digits = bound.isMeaningful() ? 1e4 : 10;
    return String.format(
        Locale.ROOT,
        bound.isMeaningful() ? "%.4f" : "%.1f",
        Math.ceil(bound.epsilon() * digits) / digits);
  }

  private String error(double agreement, RestOfVotes rest, Aggregation aggregation) {
    if (agreement <= rest.smallestAgreement(classes())) {
      return "-";
    }
    double percent = 100 * forecast.labelError(agreement, rest, aggregation);
    return percent < 0.005 ? "< 0.01 %" : String.format(Locale.ROOT, "%.2f %%", percent);
  }

  private static void heading(StringBuilder out, String name, String... columns) {
    StringBuilder text = new StringBuilder(String.format("%-44s", name));
    int[] widths = {13, 14, 16, 14, 14, 14};
    for (int i = 0; i < columns.length; i++) {
      text.append(String.format("%" + widths[i] + "s", columns[i]));
    }
    line(out, "%n%s", text);
  }

  private static void pair(
      StringBuilder out, String name, String form, ToDoubleFunction<Aggregation> value) {
    line(
        out,
        "  %-42s %12s  %12s",
        name,
        String.format(Locale.ROOT, form, value.applyAsDouble(Aggregation.LOCAL)),
        String.format(Locale.ROOT, form, value.applyAsDouble(Aggregation.SECURE)));
  }

  private static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static void line(StringBuilder out, String form, Object... values) {
    out.append(String.format(Locale.ROOT, form, values)).append(System.lineSeparator());
  }
}
