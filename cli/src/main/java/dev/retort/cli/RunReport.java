package dev.retort.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a demo or a simulation measured; its component names are the keys of {@code --json}.
 *
 * @param studentAccuracy share of the test records that the student names rightly
 * @param studentAuc area under the student's ROC curve on the test records, ties counting half; null unless the task has
 *     two classes and both occur
 * @param earlierStudentAccuracy {@code studentAccuracy} of the study before, whose classifier joined this one's labels; null
 *     if there was none
 * @param teacherAccuracyMean mean test accuracy of the teachers; null where nothing may see them
 * @param voteAccuracy accuracy of the teachers' noise-free vote on the public samples; null likewise, or where the public
 *     samples' labels are not known
 * @param voteAuc the same area of that vote's share of the second class; null likewise
 * @param ceilingAccuracy test accuracy of the student's architecture trained on all private records pooled, without
 *     privacy; null if not asked for
 * @param ceilingAuc the same network's area under the ROC curve; null if not asked for or not defined
 * @param teachersViewCeilingAccuracy {@code ceilingAccuracy} of a network that sees the teachers' view; null if not asked
 *     for, or if the student sees the same
 * @param siteAccuracies {@code ceilingAccuracy} of each site's records alone; empty if not asked for
 * @param epsilon the largest bound that any node spent, at {@code delta}
 * @param delta the probability beside it
 * @param rhoPico the largest zCDP loss that any node spent, in units of 1e-12
 * @param queries public samples labelled, in the last study
 * @param teachers teachers of all nodes
 * @param nodes nodes that answered in full
 * @param bytesUp message bytes from nodes to the coordinator
 * @param bytesDown message bytes from the coordinator to nodes
 * @param seconds seconds by phase, with {@code total}
 * @param peakRssBytes the largest resident set of any process of the run; 0 where the system does not say
 * @param ledgersVerified whether every node's ledger verifies
 */
record RunReport(
    double studentAccuracy,
    @Nullable Double studentAuc,
    @Nullable Double earlierStudentAccuracy,
    @Nullable Double teacherAccuracyMean,
    @Nullable Double voteAccuracy,
    @Nullable Double voteAuc,
    @Nullable Double ceilingAccuracy,
    @Nullable Double ceilingAuc,
    @Nullable Double teachersViewCeilingAccuracy,
    List<Double> siteAccuracies,
    double epsilon,
    double delta,
    long rhoPico,
    int queries,
    int teachers,
    int nodes,
    long bytesUp,
    long bytesDown,
    Map<String, Double> seconds,
    long peakRssBytes,
    boolean ledgersVerified) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  RunReport {
    siteAccuracies = List.copyOf(siteAccuracies);
    seconds = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(seconds));
  }

  /** One JSON object. */
  String toJson() {
    return JSON.writeValueAsString(this);
  }
}
