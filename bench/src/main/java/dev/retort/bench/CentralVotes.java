package dev.retort.bench;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.coordinator.student.AskedRounds;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.encode.PublicEncoder;
import dev.retort.encode.PublicSpaces;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.TrainingSettings;
import dev.retort.noise.DiscreteGaussian;
import dev.retort.plan.QueryOrder;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyRounds;
import dev.retort.transfer.SampleRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Votes of all teachers with one noise, from a seed, as secure aggregation adds it: nothing here is released. */
final class CentralVotes {

  private static final int CLASSES = ImageSplit.CLASSES;

  private final Samples transfer;
  private final TeacherVotes votes;

  private CentralVotes(Samples transfer, TeacherVotes votes) {
    this.transfer = transfer;
    this.votes = votes;
  }

  /**
   * Trains the teachers, or reads the votes that were kept, and prints how good they are.
   *
   * @param name of the data
   * @param directory where noise-free votes are kept
   * @param plan any of the studies that will be asked for
   * @param features how many public features teachers read, or 0 for pixels
   */
  static CentralVotes of(
      LearnEngine engine,
      String name,
      ImageSplit split,
      Path directory,
      StudyPlan plan,
      int features)
      throws Exception {
    StudyPlan.Teachers settings = plan.teachers();
    String file = name + "-" + settings.architecture() + "-" + settings.perNode() + "-"
        + settings.epochs() + "-" + settings.learningRate() + "-" + features;
    LabelledSamples records = split.train();
    Samples seen = split.transfer().samples();
    if (features > 0) {
      PublicEncoder encoder = new PublicEncoder(seen, features);
      records = new LabelledSamples(encoder.encode(records.samples()), records.labels(), CLASSES);
      seen = encoder.encode(seen);
    }
    TeacherVotes votes = TeacherVotes.of(
        Files.createDirectories(directory).resolve(file),
        engine,
        Architecture.parse(settings.architecture()),
        new TrainingSettings(settings.epochs(), settings.batchSize(), settings.learningRate(), 1),
        settings.perNode(),
        records,
        seen);
    System.out.printf(
        "%s: mean teacher %.2f %%, noise-free vote %.2f %%%n",
        file,
        100 * votes.meanTeacherAccuracy(split.transfer().labels()),
        100 * votes.accuracy(split.transfer().labels()));
    return new CentralVotes(split.transfer().samples(), votes);
  }

  /**
   * The votes on the samples that the plan asks for, round by round, with its noise on each count.
   *
   * @param asked is filled with what the rounds ask
   */
  AggregatedLabels ask(StudyPlan plan, long seed, List<RoundInput> asked) {
    SplittableRandom random = new SplittableRandom(seed);
    PublicSpaces spaces = new PublicSpaces();
    DiscreteGaussian noise = new DiscreteGaussian(plan.privacy().sigma());
    LabelAggregator aggregator = new LabelAggregator(plan.queries().limit(), CLASSES);
    for (SampleRange round : StudyRounds.ranges(plan)) {
      int[] samples = IntStream.range((int) round.first(), (int) round.end()).toArray();
      if (plan.queries().plan() != QueryOrder.ALL) {
        RoundInput next = AskedRounds.next(
            plan, aggregator.result(), asked, PublicSamples.seenWhole(transfer), spaces);
        asked.add(next);
        samples = ((RoundInput.Selection) next).samples();
      }
      int[] values = new int[samples.length * CLASSES];
      for (int i = 0; i < values.length; i++) {
        values[i] = votes.counts()[samples[i / CLASSES]][i % CLASSES];
      }
      noise.addTo(values, random::nextLong);
      aggregator.foldSum(
          round.first(),
          Arrays.stream(values).asLongStream().toArray(),
          votes.teachers(),
          LabelGrid.VOTE,
          (long) plan.privacy().sigma() * plan.privacy().sigma());
    }
    return aggregator.result();
  }
}
