package dev.retort.bench;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.coordinator.student.AskedRounds;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.encode.PublicEncoder;
import dev.retort.encode.PublicSpaces;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainingSettings;
import dev.retort.noise.DiscreteGaussian;
import dev.retort.plan.QueryOrder;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyRounds;
import dev.retort.transfer.SampleRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How accurate a student is at a given epsilon, with one noise for the sum of all teachers' votes, as secure aggregation
 * adds it: the votes are trained once, and each seed draws fresh noise over them and distils anew.
 *
 * <p>As in PATE, the private records are the training split, the public samples the first 9,000 of the test split, and
 * the last 1,000 score the student.
 */
public final class StudentAccuracy {

  static final int PUBLIC = 9000;
  private static final int CLASSES = 10;

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
    int features = Integer.parseInt(args[3]);
    int seeds = Integer.parseInt(args[5]);
    List<String> overrides = List.of(args).subList(6, args.length);
    LearnEngine engine = LearnEngine.start();
    LabelledSamples train = read(data, "train");
    LabelledSamples test = read(data, "t10k");
    LabelledSamples transfer = test.slice(0, PUBLIC);
    LabelledSamples evaluation = test.slice(PUBLIC, test.count() - PUBLIC);
    StudyPlan.Teachers settings = plan(1, 1, teachers, overrides).teachers();
    String name = data.getFileName() + "-" + settings.architecture() + "-" + teachers + "-"
        + settings.epochs() + "-" + settings.learningRate() + "-" + features;
    LabelledSamples records = train;
    Samples asked = transfer.samples();
    if (features > 0) {
      PublicEncoder encoder = new PublicEncoder(asked, features);
      records = new LabelledSamples(encoder.encode(train.samples()), train.labels(), CLASSES);
      asked = encoder.encode(asked);
    }
    TeacherVotes votes = TeacherVotes.of(
        Files.createDirectories(Path.of(args[1])).resolve(name),
        engine,
        Architecture.parse(settings.architecture()),
        new TrainingSettings(settings.epochs(), settings.batchSize(), settings.learningRate(), 1),
        teachers,
        records,
        asked);
    System.out.printf(
        "%s: mean teacher %.2f %%, noise-free vote %.2f %%%n",
        name,
        100 * votes.meanTeacherAccuracy(transfer.labels()),
        100 * votes.accuracy(transfer.labels()));
    for (String epsilon : args[4].split(",")) {
      List<Double> found = new ArrayList<>();
      List<Double> onPublic = new ArrayList<>();
      for (int seed = 1; seed <= seeds; seed++) {
        StudyPlan plan = plan(Double.parseDouble(epsilon), seed, teachers, overrides);
        List<RoundInput> rounds = new ArrayList<>();
        AggregatedLabels labels = ask(votes, plan, transfer.samples(), seed, rounds);
        long start = System.nanoTime();
        Distillation distillation = new Distiller(engine, ComputeDevice.cpu())
            .distil(labels, rounds, transfer.samples(), plan, Progress.silent());
        double seconds = (System.nanoTime() - start) / 1e9;
        try (NetworkScorer scorer =
            NetworkScorer.open(engine, ComputeDevice.cpu(), distillation.student())) {
          double accuracy = 100 * scorer.accuracy(evaluation);
          double publicAccuracy = 100 * scorer.accuracy(transfer);
          found.add(accuracy);
          onPublic.add(publicAccuracy);
          System.out.printf(
              "  epsilon %s sigma %d seed %d: evaluation %.2f %%, public %.2f %%, %.0f s; %s%n",
              epsilon,
              plan.privacy().sigma(),
              seed,
              accuracy,
              publicAccuracy,
              seconds,
              distillation.report());
        }
      }
      System.out.printf(
          "epsilon %s: evaluation %s; public %s%n", epsilon, summary(found), summary(onPublic));
    }
  }

  static LabelledSamples read(Path directory, String part) throws Exception {
    return IdxFile.read(
        directory.resolve(part + "-images-idx3-ubyte.gz"),
        directory.resolve(part + "-labels-idx1-ubyte.gz"),
        CLASSES);
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
        StudyPlans.readFile("bench", yaml, overrides).plan(), PUBLIC, SampleShape.image(1, 28, 28));
  }

  /**
   * The votes on the samples that the plan asks for, round by round, with its noise on each count, from a seed: nothing here
   * is released.
   *
   * @param asked is filled with what the rounds ask
   */
  private static AggregatedLabels ask(
      TeacherVotes votes, StudyPlan plan, Samples transfer, long seed, List<RoundInput> asked) {
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

  static String summary(List<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return String.format(
        "mean %.2f %%, deviation %.2f over %d seeds",
        mean, Math.sqrt(squares / Math.max(1, values.size() - 1)), values.size());
  }
}
