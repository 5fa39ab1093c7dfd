package dev.retort.node;

import dev.retort.config.InvalidConfigException;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.transfer.TransferSetRef;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Small study plans for tests. */
public final class Plans {

  /** Any transfer set. */
  public static final TransferSetRef SOME_SET =
      new TransferSetRef("public", Digest.of(new byte[0]));

  private Plans() {}

  /** Class names c0, c1 and so on. */
  public static List<String> classes(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
  }

  /** A resolved plan of three linear teachers with a vote each. */
  public static StudyPlan plan(
      TransferSetRef set, int classes, int limit, int sigma, String... overrides) {
    String yaml = """
        study: test
        task: { kind: classification, classes: [%s] }
        transferSet: %s
        privacy: { epsilon: 100, delta: 1e-6, unit: patient, sigma: %d }
        queries: { limit: %d }
        teachers: { perNode: 3, architecture: linear, epochs: 2, batchSize: 4, device: cpu }
        student: { architecture: linear }
        """.formatted(
            classes(classes).stream().collect(Collectors.joining(", ")), set, sigma, limit);
    try {
      return StudyPlans.readFile("test", yaml, List.of(overrides)).plan();
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** The digest by which a site approves {@code plan}. */
  public static Digest digest(StudyPlan plan) {
    return Digest.of(StudyPlans.canonicalBytes(plan));
  }
}
