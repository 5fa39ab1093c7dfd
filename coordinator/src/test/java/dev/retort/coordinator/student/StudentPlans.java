package dev.retort.coordinator.student;

import dev.retort.config.InvalidConfigException;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Study plans for tests. */
final class StudentPlans {

  private StudentPlans() {}

  /** A resolved plan of three classes. */
  static StudyPlan plan(String architecture, String... overrides) {
    String yaml =
        """
        study: stripes
        task: { kind: classification, classes: [across, down, "slanted | <both>"] }
        transferSet: stripes@sha256:%s
        privacy: { epsilon: 2, delta: 1e-5, unit: patient, sigma: 40 }
        queries: { limit: 400 }
        teachers: { perNode: 100, architecture: linear }
        student: { architecture: %s, warmUpEpochs: 1, epochs: 6, batchSize: 16, learningRate: 0.003 }
        """.formatted(Digest.of("set".getBytes(StandardCharsets.UTF_8)).hex(), architecture);
    try {
      return StudyPlans.readFile("test", yaml, List.of(overrides)).plan();
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }
}
