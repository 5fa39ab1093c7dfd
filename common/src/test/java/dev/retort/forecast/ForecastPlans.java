package dev.retort.forecast;

import dev.retort.config.InvalidConfigException;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.util.List;

/** Study plans for tests. */
final class ForecastPlans {

  private static final String YAML = """
      study: test
      task: { kind: classification, classes: [a, b, c, d, e, f, g, h, i, j] }
      transferSet: public@sha256:%s
      privacy: { epsilon: 2, delta: 1e-5, unit: patient }
      teachers: { perNode: 25 }
      """.formatted("0".repeat(64));

  private ForecastPlans() {}

  /** A plan of 25 voting teachers at each node, for epsilon 2, with the smallest noise that fits {@code queries}. */
  static StudyPlan plan(int queries, String... overrides) {
    try {
      return StudyNoise.resolve(
          StudyPlans.readFile("test", YAML, List.of(overrides)).plan(), queries);
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }
}
