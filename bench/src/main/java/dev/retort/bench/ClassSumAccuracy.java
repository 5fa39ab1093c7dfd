package dev.retort.bench;

import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.coordinator.student.AskedRounds;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.PublicSpaces;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.Progress;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.UnitSelection;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.ClassSums;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How accurate students of class sums are at a given epsilon, with one noise for all records, as secure aggregation adds
 * it. Split as {@link StudentAccuracy}; each seed draws fresh noise and distils anew.
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
    LabelledSamples train = StudentAccuracy.read(data, "train");
    LabelledSamples test = StudentAccuracy.read(data, "t10k");
    LabelledSamples transfer = test.slice(0, StudentAccuracy.PUBLIC);
    LabelledSamples evaluation =
        test.slice(StudentAccuracy.PUBLIC, test.count() - StudentAccuracy.PUBLIC);
    StudyPlan any = StudentAccuracy.plan(1, 1, 1, overrides);
    long start = System.nanoTime();
    PublicSpaces spaces = new PublicSpaces();
    ClassSumSpace space = spaces.classSums(
        new PublicSpaces.View(any.transferSetRef().manifest(), ""),
        transfer.samples(),
        any.classSums().features());
    System.out.printf("%s: space learnt in %.1f s%n", data.getFileName(), seconds(start));
    start = System.nanoTime();
    PrivateTable records = PrivateTable.ofRows(train);
    UnitSelection selection =
        UnitSelection.of(new ShardKey(new byte[ShardKey.BYTES]), records.units(), train.count());
    AnswerTable exact = ClassSums.of(records, selection, space, StudyNoise.mechanism(any));
    System.out.printf("%d records added up in %.1f s%n", train.count(), seconds(start));
    for (String epsilon : args[1].split(",")) {
      List<Double> found = new ArrayList<>();
      for (int seed = 1; seed <= seeds; seed++) {
        StudyPlan plan = StudentAccuracy.plan(Double.parseDouble(epsilon), seed, 1, overrides);
        start = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        LabelAggregator sums = new LabelAggregator(plan.queries().rounds(), exact.width());
        List<RoundInput> asked = new ArrayList<>();
        fold(noised(exact, plan, random), 0, plan, sums);
        for (int round = 1; round < plan.queries().rounds(); round++) {
          RoundInput next = AskedRounds.next(
              plan, sums.result(), asked, PublicSamples.seenWhole(transfer.samples()), spaces);
          asked.add(next);
          float[] weights = ((RoundInput.Classifier) next).weights();
          AnswerTable left =
              ClassSums.residuals(records, selection, space, weights, StudyNoise.mechanism(plan));
          fold(noised(left, plan, random), round, plan, sums);
        }
        Distillation distillation = new Distiller(engine, ComputeDevice.cpu(), spaces)
            .distil(sums.result(), asked, transfer.samples(), plan, Progress.silent());
        double seconds = seconds(start);
        try (NetworkScorer scorer =
            NetworkScorer.open(engine, ComputeDevice.cpu(), distillation.student())) {
          double accuracy = 100 * scorer.accuracy(evaluation);
          found.add(accuracy);
          System.out.printf(
              "  epsilon %s sigma %d seed %d: evaluation %.2f %%, public %.2f %%, %.0f s; %s%n",
              epsilon,
              plan.privacy().sigma(),
              seed,
              accuracy,
              100 * scorer.accuracy(transfer),
              seconds,
              distillation.report());
        }
      }
      System.out.printf("epsilon %s: %s%n", epsilon, StudentAccuracy.summary(found));
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** The sums with one noise, from a seed: nothing here is released. */
  private static int[] noised(AnswerTable exact, StudyPlan plan, SplittableRandom random) {
    int[] values = exact.sums();
    StudyNoise.mechanism(plan).noise().addTo(values, random::nextLong);
    return values;
  }

  private static void fold(int[] noised, int round, StudyPlan plan, LabelAggregator sums) {
    sums.foldSum(
        round,
        Arrays.stream(noised).asLongStream().toArray(),
        1,
        LabelGrid.VOTE,
        (long) plan.privacy().sigma() * plan.privacy().sigma());
  }
}
