package dev.retort.bench;

import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.coordinator.student.AskedRounds;
import dev.retort.coordinator.student.ClassSumStudy;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.PublicSpaces;
import dev.retort.label.LabelGrid;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.UnitSelection;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.ClassSums;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Class sums of all records with one noise, from a seed, as secure aggregation adds it: nothing here is released. */
final class CentralClassSums {

  private final Samples transfer;
  private final PublicSpaces spaces;
  private final ClassSumSpace space;
  private final PrivateTable records;
  private final UnitSelection selection;
  private final AnswerTable exact;

  /**
   * Learns the space from the public samples and adds the records up.
   *
   * @param plan any of the studies that will be asked for
   */
  CentralClassSums(ImageSplit split, StudyPlan plan, PublicSpaces spaces)
      throws InterruptedException {
    this.transfer = split.transfer().samples();
    this.spaces = spaces;
    space = spaces.classSums(
        new PublicSpaces.View(plan.transferSetRef().manifest(), ""),
        transfer,
        plan.classSums().features());
    records = PrivateTable.ofRows(split.train());
    selection = UnitSelection.of(
        new ShardKey(new byte[ShardKey.BYTES]), records.units(), split.train().count());
    exact = ClassSums.of(records, selection, space, StudyNoise.mechanism(plan));
  }

  /** What a study of them tells, round after round. */
  ClassSumStudy ask(StudyPlan plan, long seed) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    LabelAggregator sums = new LabelAggregator(plan.queries().rounds(), exact.width());
    List<RoundInput> asked = new ArrayList<>();
    fold(exact, 0, plan, random, sums);
    for (int round = 1; round < plan.queries().rounds(); round++) {
      RoundInput next =
          AskedRounds.next(plan, sums.result(), asked, PublicSamples.seenWhole(transfer), spaces);
      asked.add(next);
      float[] weights = ((RoundInput.Classifier) next).weights();
      AnswerTable left =
          ClassSums.residuals(records, selection, space, weights, StudyNoise.mechanism(plan));
      fold(left, round, plan, random, sums);
    }
    return new ClassSumStudy(plan, sums.result(), asked, transfer);
  }

  private static void fold(
      AnswerTable answer,
      int round,
      StudyPlan plan,
      SplittableRandom random,
      LabelAggregator sums) {
    int[] values = answer.sums();
    StudyNoise.mechanism(plan).noise().addTo(values, random::nextLong);
    sums.foldSum(
        round,
        Arrays.stream(values).asLongStream().toArray(),
        1,
        LabelGrid.VOTE,
        (long) plan.privacy().sigma() * plan.privacy().sigma());
  }
}
