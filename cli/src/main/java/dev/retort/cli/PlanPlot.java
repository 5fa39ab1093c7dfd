package dev.retort.cli;

import dev.retort.cli.LinePlot.Axis;
import dev.retort.cli.LinePlot.Line;
import dev.retort.cli.LinePlot.Point;
import dev.retort.forecast.Accountant;
import dev.retort.forecast.RestOfVotes;
import dev.retort.forecast.Scope;
import dev.retort.forecast.StudyForecast;
import dev.retort.plan.Aggregation;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.StudyPlan;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A forecast as two plots: epsilon against absent nodes, and label error against agreement. */
record PlanPlot(StudyForecast forecast) {

  private static final int MOST_POINTS = 64;

  String svg() {
    StudyPlan plan = forecast.plan();
    return LinePlot.figure(
        "Forecast for study " + plan.study(),
        String.format(
            Locale.ROOT,
            "%d nodes of %d %s, %d queries, sigma %d, delta %s, unit %s",
            forecast.nodes(),
            plan.rowsPerNode(),
            plan.teachersPerNode() > 0 ? "teachers" : "units at most",
            plan.queries().limit(),
            plan.privacy().sigma(),
            plan.privacy().delta(),
            plan.privacy().unit()),
        plan.privacy().mechanism() == MechanismKind.DISCRETE_GAUSSIAN
            ? List.of(epsilon(), labelError())
            : List.of(epsilon()));
  }

  private LinePlot epsilon() {
    return new LinePlot(
        "Privacy loss of one unit, upper bounds",
        Axis.counts("nodes that collude or drop out", Math.max(1, forecast.nodes() - 1)),
        Axis.fromZero("epsilon"),
        List.of(
            epsilon(name(Aggregation.LOCAL) + ", zcdp", Aggregation.LOCAL, Accountant.ZCDP),
            epsilon(name(Aggregation.LOCAL) + ", gdp", Aggregation.LOCAL, Accountant.GDP),
            epsilon(name(Aggregation.SECURE) + ", zcdp", Aggregation.SECURE, Accountant.ZCDP),
            epsilon(name(Aggregation.SECURE) + ", gdp", Aggregation.SECURE, Accountant.GDP)));
  }

  private Line epsilon(String name, Aggregation aggregation, Accountant accountant) {
    return new Line(
        name,
        forecast.absences(MOST_POINTS).stream()
            .map(absent -> new Point(
                absent,
                forecast
                    .bound(Scope.UNIT_IN_FEDERATION, aggregation, accountant, absent)
                    .epsilon()))
            .filter(point -> Double.isFinite(point.y()))
            .toList());
  }

  private String name(Aggregation aggregation) {
    String words = aggregation == Aggregation.LOCAL ? "local noise" : "secure aggregation";
    return forecast.isPlanned(aggregation) ? words : words + " (for comparison)";
  }

  private LinePlot labelError() {
    return new LinePlot(
        "Labels whose arg max the noise moves",
        Axis.percent("teachers that agree with the leading class"),
        Axis.percent("labels moved"),
        List.of(
            labelError(
                name(Aggregation.LOCAL) + ", rest even",
                Aggregation.LOCAL,
                RestOfVotes.SPREAD_EVENLY),
            labelError(
                name(Aggregation.LOCAL) + ", one rival",
                Aggregation.LOCAL,
                RestOfVotes.ON_ONE_RIVAL),
            labelError(
                name(Aggregation.SECURE) + ", rest even",
                Aggregation.SECURE,
                RestOfVotes.SPREAD_EVENLY),
            labelError(
                name(Aggregation.SECURE) + ", one rival",
                Aggregation.SECURE,
                RestOfVotes.ON_ONE_RIVAL)));
  }

  private Line labelError(String name, Aggregation aggregation, RestOfVotes rest) {
    double least = rest.smallestAgreement(forecast.plan().labelSpace().size());
    return new Line(
        name,
        IntStream.rangeClosed(0, MOST_POINTS)
            .mapToDouble(i -> Math.min(1, least + (1 - least) * i / MOST_POINTS))
            .mapToObj(agreement ->
                new Point(100 * agreement, 100 * forecast.labelError(agreement, rest, aggregation)))
            .toList());
  }
}
