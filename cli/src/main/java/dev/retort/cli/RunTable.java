package dev.retort.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A run's report as a table for a terminal. */
record RunTable(RunReport report) {

  String text() {
    StringBuilder out = new StringBuilder();
    int site = 1;
    for (double accuracy :
        report.siteAccuracies().subList(0, Math.min(10, report.siteAccuracies().size()))) {
      row(out, "site " + site++ + " alone, its own records", percent(accuracy));
    }
    if (report.siteAccuracies().size() > 10) {
      double mean = report.siteAccuracies().stream()
          .mapToDouble(Double::doubleValue)
          .average()
          .orElse(0);
      row(out, "all " + report.siteAccuracies().size() + " sites alone, mean", percent(mean));
    }
    optional(out, "mean teacher", report.teacherAccuracyMean());
    measured(out, "vote of all teachers, without noise", report.voteAccuracy(), report.voteAuc());
    measured(
        out, "all records pooled, without privacy", report.ceilingAccuracy(), report.ceilingAuc());
    optional(out, "the same, in the teachers' view", report.teachersViewCeilingAccuracy());
    optional(out, "the student of the study before", report.earlierStudentAccuracy());
    measured(out, "the student", report.studentAccuracy(), report.studentAuc());
    out.append('\n');
    row(
        out,
        "privacy spent by each node",
        String.format(Locale.ROOT, "epsilon %.4f at delta %s", report.epsilon(), report.delta()));
    row(
        out,
        "nodes, teachers, queries",
        report.nodes() + ", " + report.teachers() + ", " + report.queries());
    row(
        out,
        "on the wire",
        String.format(
            Locale.ROOT,
            "%.2f MB up, %.2f MB down",
            report.bytesUp() / 1e6,
            report.bytesDown() / 1e6));
    row(out, "seconds", seconds());
    row(
        out,
        "peak memory of one process",
        String.format(Locale.ROOT, "%.0f MB", report.peakRssBytes() / 1e6));
    row(out, "every ledger verifies", report.ledgersVerified() ? "yes" : "NO");
    return out.toString();
  }

  private String seconds() {
    StringBuilder text = new StringBuilder();
    report
        .seconds()
        .forEach((phase, value) -> text.append(text.isEmpty() ? "" : ", ")
            .append(phase)
            .append(String.format(Locale.ROOT, " %.1f", value)));
    return text.toString();
  }

  private static void optional(StringBuilder out, String name, @Nullable Double accuracy) {
    measured(out, name, accuracy, null);
  }

  private static void measured(
      StringBuilder out, String name, @Nullable Double accuracy, @Nullable Double auc) {
    if (accuracy != null) {
      row(out, name, percent(accuracy) + (auc == null ? "" : ", AUC " + percent(auc)));
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static void row(StringBuilder out, String name, String value) {
    out.append(String.format("  %-40s %s%n", name, value));
  }
}
