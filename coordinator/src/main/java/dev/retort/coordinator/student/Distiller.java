package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.student.Generations.Generation;
import dev.retort.data.Samples;
import dev.retort.encode.DenseMatrix;
import dev.retort.encode.PublicSpaces;
import dev.retort.learn.Architecture;
import dev.retort.learn.Augmentation;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.Consistency;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.learn.UnsuitableArchitectureException;
import dev.retort.plan.AutoSwitch;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.Switch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Distils the student of a study. All of it is post-processing of released labels and public samples.
 *
 * <p>The noise is known, so labels are first smoothed over the public samples as far as it demands, and no further; the
 * student then learns the smoothed labels, each with its own confidence.
 */
public final class Distiller {

  private final LearnEngine engine;
  private final ComputeDevice device;
  private final PublicSpaces spaces;

  /** Trains with {@code engine} on {@code device}. */
  public Distiller(LearnEngine engine, ComputeDevice device) {
    this(engine, device, new PublicSpaces());
  }

  /**
   * The same.
   *
   * @param spaces where what is learnt from transfer sets is remembered
   */
  public Distiller(LearnEngine engine, ComputeDevice device, PublicSpaces spaces) {
    this.engine = engine;
    this.device = device;
    this.spaces = spaces;
  }

  /**
   * Distils a student from the sites' sums, of labels or of records by class, as the plan asks for.
   *
   * @param sums of labels of the transfer set's first samples, or of those that {@code asked} names; or class sums
   * @param asked what the rounds asked, as far as the plan leaves it open, in order
   * @param earlier what the study that {@code student.after} names has told of the same samples; null if it names none
   * @param transfer the public samples; those without labels still shape the features
   * @param progress told after each epoch of all students together
   * @throws IllegalArgumentException if labels are for more samples than there are, nothing is answered, or class sums are not
   *     answers of the plan's width
   * @throws UnknownArchitectureException if the plan's student architecture is none
   * @throws UnsuitableArchitectureException if it cannot read the transfer samples
   */
  public Distillation distil(
      AggregatedLabels sums,
      List<RoundInput> asked,
      @Nullable ClassSumStudy earlier,
      PublicSamples transfer,
      StudyPlan plan,
      Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN -> distilLabels(sums, asked, earlier, transfer, plan, progress);
      case CLASS_SUMS -> distilClassSums(sums, asked, transfer, plan, progress);
    };
  }

  private Distillation distilLabels(
      AggregatedLabels sums,
      List<RoundInput> asked,
      @Nullable ClassSumStudy earlier,
      PublicSamples transfer,
      StudyPlan plan,
      Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    LabelEstimate labels = AskedRounds.labels(plan, sums, asked, transfer.count());
    requireUsable(labels, transfer, plan);
    @Nullable
    StudentTargets classifier =
        earlier == null ? null : StudentTargets.of(earlier.classifier(spaces));
    return distil(
        labels,
        plan.asksForHints() ? hints(sums, asked, transfer, plan) : null,
        classifier,
        transfer.student(),
        transfer.bases(),
        plan,
        progress);
  }

  private static LabelEstimate hints(
      AggregatedLabels sums, List<RoundInput> asked, PublicSamples transfer, StudyPlan plan) {
    double hintUnits = (double) StudyNoise.labelUnits(plan).size() / StudyPlan.Hints.NORM;
    return AskedRounds.placed(
        new ColumnEstimate(sums, plan.labelSpace().size(), plan.hints().dimensions(), hintUnits),
        asked,
        transfer.count());
  }

  /** The same, over samples of which everybody sees all. */
  public Distillation distil(
      AggregatedLabels labels,
      List<RoundInput> asked,
      Samples transfer,
      StudyPlan plan,
      Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    return distil(labels, asked, null, PublicSamples.seenWhole(transfer), plan, progress);
  }

  private Distillation distilClassSums(
      AggregatedLabels sums,
      List<RoundInput> asked,
      PublicSamples transfer,
      StudyPlan plan,
      Progress progress)
      throws InterruptedException, UnknownArchitectureException, UnsuitableArchitectureException {
    if (sums.answered() == 0) {
      throw new IllegalArgumentException("sums must have at least one answer: 0");
    }
    Architecture architecture = Architecture.parse(plan.student().architecture());
    architecture.checkSuits(transfer.student().shape());
    int classes = plan.labelSpace().size();
    ClassSumClassifier classifier =
        new ClassSumStudy(plan, sums, asked, transfer.teachers()).classifier(spaces);
    StudentTargets targets = StudentTargets.of(classifier);
    // No label of a sample is released that could be held out, so nothing is decided by them.
    ConsistencyGate consistency = ConsistencyGate.ofClassSums(plan.student().consistency());
    Recipe recipe = recipe(plan, false);
    if (consistency.open()) {
      recipe = recipe.withConsistency(Recipe.consistency(transfer.student()));
    }
    StudentTrainer trainer = new StudentTrainer(
        engine,
        device,
        architecture,
        transfer.student(),
        plan,
        recipe.generations(),
        StudentTrainer.LABELS_ALONE,
        progress);
    List<Generation> chain = Generations.train(
        trainer, said -> squaredDistance(said, classifier.probabilities()), targets, recipe);
    return new Distillation(
        chain.get(chain.size() - 1).student(),
        new DistillationReport(
            transfer.count(),
            0,
            classes,
            classifier.noise(),
            classifier.noise() * Math.sqrt(classifier.dimensions()),
            String.format(
                Locale.ROOT,
                "softmax regression on class sums, %d %s, shrinkage %.2g",
                1 + asked.size(),
                asked.isEmpty() ? "round" : "rounds",
                classifier.shrinkage()),
            classifier.dimensions(),
            0,
            targets.trusted(),
            "off: class sums label no sample",
            Joining.none().reason(),
            consistency.reason(),
            recipe.text(),
            null,
            List.of(),
            stages(chain)));
  }

  private static double squaredDistance(DenseMatrix said, DenseMatrix fitted) {
    double sum = 0;
    for (int i = 0; i < said.array().length; i++) {
      double difference = said.array()[i] - fitted.array()[i];
      sum += difference * difference;
    }
    return sum / said.rows();
  }

  private static void requireUsable(LabelEstimate labels, PublicSamples transfer, StudyPlan plan)
      throws UnknownArchitectureException, UnsuitableArchitectureException {
    if (labels.samples() > transfer.count()) {
      throw new IllegalArgumentException(
          "labels must be of at most " + transfer.count() + " samples: " + labels.samples());
    }
    if (labels.answered() == 0) {
      throw new IllegalArgumentException("labels must have at least one answered sample: 0");
    }
    Architecture.parse(plan.student().architecture())
        .checkSuits(transfer.student().shape());
  }

  private Distillation distil(
      LabelEstimate labels,
      @Nullable LabelEstimate released,
      @Nullable StudentTargets classifier,
      Samples transfer,
      List<PublicBasis> bases,
      StudyPlan plan,
      Progress progress)
      throws InterruptedException, UnknownArchitectureException {
    Architecture architecture = Architecture.parse(plan.student().architecture());
    LabelPosterior posterior = LabelPosterior.of(labels, bases);
    PublicBasis basis = posterior.basis();
    Smoothing smoothing = new Smoothing(basis, plan.student().classShares());
    double noise = rootMeanVariance(labels);
    double score = noise * Math.sqrt(posterior.dimensions() / labels.answered());
    Gate gate = Gate.of(
        plan.student().selfTraining(),
        transfer.shape().isImage() && basis.isGraph(),
        score,
        () -> SelfTrainingTrial.run(labels, smoothing, plan.seed()));
    Joining joining = classifier == null
        ? Joining.none()
        : Joining.of(classifier, labels, smoothing, gate.open(), plan.seed());
    List<DistillationReport.Trial> trials = new ArrayList<>(gate.trials());
    trials.addAll(joining.trials());
    Recipe recipe = recipe(plan, gate.open());
    Recipe plain = recipe;
    AutoSwitch asked = plan.student().consistency();
    Recipe consistent =
        asked == AutoSwitch.OFF ? plain : plain.withConsistency(Recipe.consistency(transfer));
    boolean canHoldOut = labels.answered() > 1;
    boolean rehearse = plan.student().rehearsal() == Switch.ON && canHoldOut;
    StudentHints hints =
        released == null ? null : StudentHints.of(released, basis, plan.hints().weight());
    StudentTrainer trainer = new StudentTrainer(
        engine,
        device,
        architecture,
        transfer,
        plan,
        recipe.generations()
            + (ConsistencyGate.compares(asked, canHoldOut, score) ? 2 : 0)
            + (rehearse ? Rehearsal.students(recipe, transfer.shape()) : 0),
        hints == null
            ? StudentTrainer.LABELS_ALONE
            : hints.lesson(plan.student().features()),
        progress);
    ConsistencyGate consistency = ConsistencyGate.of(
        asked,
        canHoldOut,
        score,
        () -> new Rehearsal(trainer, labels, smoothing, gate.open(), joining, plan.seed())
            .gain(plain, consistent));
    trials.addAll(consistency.trials());
    if (consistency.open()) {
      recipe = consistent;
    }
    if (rehearse) {
      Rehearsal rehearsal =
          new Rehearsal(trainer, labels, smoothing, gate.open(), joining, plan.seed());
      recipe = rehearsal.run(recipe);
      trials.addAll(rehearsal.trials());
    }
    StudentTargets targets = joining.join(StudentTargets.of(smoothing.of(posterior), gate.open()));
    List<Generation> chain = Generations.train(trainer, labels, targets, recipe);
    trainer.finish();
    return new Distillation(
        chain.get(chain.size() - 1).student(),
        new DistillationReport(
            transfer.count(),
            labels.answered(),
            labels.classes(),
            noise,
            score,
            basis.name(),
            posterior.dimensions(),
            posterior.residualVariance(),
            targets.trusted(),
            gate.reason(),
            joining.reason(),
            consistency.reason(),
            recipe.text(),
            hints == null ? null : hints.report(),
            trials,
            curve(Generations.squaredError(labels, posterior.mean()), chain)));
  }

  private static Recipe recipe(StudyPlan plan, boolean views) {
    StudyPlan.Student student = plan.student();
    return new Recipe(
        student.temperature(),
        student.alpha(),
        views ? Recipe.WARP : new Augmentation.None(),
        Consistency.none(),
        student.generations());
  }

  private static List<DistillationReport.Stage> curve(double denoised, List<Generation> chain) {
    List<DistillationReport.Stage> curve = new ArrayList<>();
    curve.add(new DistillationReport.Stage("denoiser", denoised));
    curve.addAll(stages(chain));
    return curve;
  }

  private static List<DistillationReport.Stage> stages(List<Generation> chain) {
    List<DistillationReport.Stage> curve = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      String name = chain.size() == 1 ? "student" : "generation " + (i + 1);
      curve.add(new DistillationReport.Stage(name, chain.get(i).squaredError()));
    }
    return curve;
  }

  private static double rootMeanVariance(LabelEstimate labels) {
    double sum = 0;
    for (int row = 0; row < labels.samples(); row++) {
      sum += labels.isAnswered(row) ? labels.variance(row) : 0;
    }
    return Math.sqrt(sum / labels.answered());
  }
}
