package dev.retort.bench;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.student.ClassSumStudy;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.encode.PublicSpaces;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How accurate students of votes are whose study comes after one of class sums, both under one budget: one noise for all, as
 * {@link StudentAccuracy} and {@link ClassSumAccuracy} have it.
 */
public final class TwoStageAccuracy {

  private static final double DELTA = 1e-5;
  private static final String FIRST = "first.";

  private TwoStageAccuracy() {}

  /**
   * Prints one line a seed and one an epsilon.
   *
   * @param args a directory of IDX files, one for votes, the count of teachers, how many public features they read or
   *     0 for pixels, epsilons parted by commas, the count of seeds, the share of rho that class sums get, and overrides of the
   *     votes' study file, or behind {@code first.} of the class sums'
   */
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    int teachers = Integer.parseInt(args[2]);
    int seeds = Integer.parseInt(args[5]);
    double share = Double.parseDouble(args[6]);
    List<String> sumsOnly = new ArrayList<>(List.of("privacy.mechanism=class-sums"));
    List<String> overrides = new ArrayList<>();
    for (String override : List.of(args).subList(7, args.length)) {
      boolean first = override.startsWith(FIRST);
      (first ? sumsOnly : overrides).add(first ? override.substring(FIRST.length()) : override);
    }
    LearnEngine engine = LearnEngine.start();
    ImageSplit split = ImageSplit.read(data);
    CentralVotes votes = CentralVotes.of(
        engine,
        String.valueOf(data.getFileName()),
        split,
        Path.of(args[1]),
        StudentAccuracy.plan(1, 1, teachers, overrides),
        Integer.parseInt(args[3]));
    PublicSpaces spaces = new PublicSpaces();
    CentralClassSums sums =
        new CentralClassSums(split, StudentAccuracy.plan(1, 1, 1, sumsOnly), spaces);
    for (String epsilon : args[4].split(",")) {
      StudentScores scores = new StudentScores(engine, split, epsilon);
      double whole = Double.parseDouble(epsilon);
      for (int seed = 1; seed <= seeds; seed++) {
        StudyPlan first = StudentAccuracy.plan(part(whole, share), seed, 1, sumsOnly);
        StudyPlan plan = StudentAccuracy.plan(part(whole, 1 - share), seed, teachers, overrides);
        List<RoundInput> rounds = new ArrayList<>();
        ClassSumStudy told = sums.ask(first, seed);
        AggregatedLabels labels = votes.ask(plan, seed, rounds);
        long start = System.nanoTime();
        Distillation distillation = new Distiller(engine, ComputeDevice.cpu(), spaces)
            .distil(
                labels,
                rounds,
                told,
                PublicSamples.seenWhole(split.transfer().samples()),
                plan,
                Progress.silent());
        scores.add(seed, plan, distillation, start);
      }
      scores.summarize();
    }
  }

  /** The epsilon of a share of what {@code epsilon} allows in zCDP. */
  private static double part(double epsilon, double share) {
    long whole = Conversion.budget(new ApproxDp(epsilon, DELTA)).picoRho();
    return Conversion.epsilon(new Zcdp((long) (share * whole)), DELTA);
  }
}
