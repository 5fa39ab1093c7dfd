package dev.retort.bench;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.data.SampleShape;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How accurate a student is at a given epsilon, with one noise for the sum of all teachers' votes, as secure aggregation
 * adds it: the votes are trained once, and each seed draws fresh noise over them and distils anew. Split
 * as {@link ImageSplit}.
 */
public final class StudentAccuracy {

  private StudentAccuracy() {}

  /**
   * Prints one line a seed and one an epsilon.
   *
   * @param args a directory of IDX files, one for votes, the count of teachers, how many public features they read or
   *     0 for pixels, epsilons parted by commas, the count of seeds, and overrides of the study file
   */
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    int teachers = Integer.parseInt(args[2]);
    int seeds = Integer.parseInt(args[5]);
    List<String> overrides = List.of(args).subList(6, args.length);
    LearnEngine engine = LearnEngine.start();
    ImageSplit split = ImageSplit.read(data);
    CentralVotes votes = CentralVotes.of(
        engine,
        String.valueOf(data.getFileName()),
        split,
        Path.of(args[1]),
        plan(1, 1, teachers, overrides),
        Integer.parseInt(args[3]));
    for (String epsilon : args[4].split(",")) {
      StudentScores scores = new StudentScores(engine, split, epsilon);
      for (int seed = 1; seed <= seeds; seed++) {
        StudyPlan plan = plan(Double.parseDouble(epsilon), seed, teachers, overrides);
        List<RoundInput> rounds = new ArrayList<>();
        AggregatedLabels labels = votes.ask(plan, seed, rounds);
        long start = System.nanoTime();
        Distillation distillation = new Distiller(engine, ComputeDevice.cpu())
            .distil(labels, rounds, split.transfer().samples(), plan, Progress.silent());
        scores.add(seed, plan, distillation, start);
      }
      scores.summarize();
    }
  }

  static StudyPlan plan(double epsilon, long seed, int teachers, List<String> overrides)
      throws Exception {
    String yaml = """
        study: bench
        task: { kind: classification, classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] }
        transferSet: bench@sha256:%s
        privacy: { epsilon: %s, delta: 1e-5 }
        teachers: { perNode: %d }
        seed: %d
        """.formatted("0".repeat(64), epsilon, teachers, seed);
    return StudyNoise.resolve(
        StudyPlans.readFile("bench", yaml, overrides).plan(),
        ImageSplit.PUBLIC,
        SampleShape.image(1, 28, 28));
  }
}
