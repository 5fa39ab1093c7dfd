package dev.retort.bench;

import dev.retort.coordinator.student.ClassSumStudy;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.encode.PublicSpaces;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.plan.StudyPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How accurate students of class sums are at a given epsilon, with one noise for all records, as secure aggregation adds
 * it. Split as {@link ImageSplit}; each seed draws fresh noise and distils anew.
 */
public final class ClassSumAccuracy {

  private ClassSumAccuracy() {}

  /**
   * Prints one line a seed and one an epsilon.
   *
   * @param args a directory of IDX files, epsilons parted by commas, the count of seeds, and overrides of the study file
   */
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    int seeds = Integer.parseInt(args[2]);
    List<String> overrides = new ArrayList<>(List.of("privacy.mechanism=class-sums"));
    overrides.addAll(List.of(args).subList(3, args.length));
    LearnEngine engine = LearnEngine.start();
    ImageSplit split = ImageSplit.read(data);
    PublicSpaces spaces = new PublicSpaces();
    long start = System.nanoTime();
    CentralClassSums sums =
        new CentralClassSums(split, StudentAccuracy.plan(1, 1, 1, overrides), spaces);
    System.out.printf(
        "%s: space learnt and %d records added up in %.1f s%n",
        data.getFileName(), split.train().count(), (System.nanoTime() - start) / 1e9);
    for (String epsilon : args[1].split(",")) {
      StudentScores scores = new StudentScores(engine, split, epsilon);
      for (int seed = 1; seed <= seeds; seed++) {
        StudyPlan plan = StudentAccuracy.plan(Double.parseDouble(epsilon), seed, 1, overrides);
        start = System.nanoTime();
        ClassSumStudy told = sums.ask(plan, seed);
        Distillation distillation = new Distiller(engine, ComputeDevice.cpu(), spaces)
            .distil(told.sums(), told.asked(), split.transfer().samples(), plan, Progress.silent());
        scores.add(seed, plan, distillation, start);
      }
      scores.summarize();
    }
  }
}
