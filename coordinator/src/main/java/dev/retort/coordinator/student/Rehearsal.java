package dev.retort.coordinator.student;

import dev.retort.coordinator.student.DistillationReport.Trial;
import dev.retort.coordinator.student.Generations.Generation;
import dev.retort.data.SampleShape;
import dev.retort.encode.DenseMatrix;
import dev.retort.learn.Augmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses a recipe by labels held out: students are trained on the labels of four fifths of the answered samples, and
 * scored by the noised labels of the rest. What the plan says is left only for what stands clear of its own error.
 */
final class Rehearsal {

  /**
   * How many standard errors a gain must be for the plan's setting to be left: five settings that change nothing would
   * be taken by mistake once in 32 rehearsals, and an only earlier generation once in 161.
   */
  static final double CLEAR = 2.5;

  private static final int FOLDS = 5;
  private static final double[] TEMPERATURES = {1, 2, 4};
  private static final double[] ALPHAS = {0.4, 0.7, 1};

  private final StudentTrainer trainer;
  private final LabelEstimate labels;
  private final HeldOut heldOut;
  private final LabelEstimate rest;
  private final StudentTargets targets;
  private final List<Trial> trials = new ArrayList<>();

  /**
   * Keeps a fifth of the answered samples apart.
   *
   * @param selfTraining whether targets are self-trained
   * @param joining what joins them
   * @param seed which samples are kept
   */
  Rehearsal(
      StudentTrainer trainer,
      LabelEstimate labels,
      Smoothing smoothing,
      boolean selfTraining,
      Joining joining,
      long seed) {
    this.trainer = trainer;
    this.labels = labels;
    heldOut = HeldOut.deal(labels, FOLDS, seed);
    rest = heldOut.without(0);
    targets = joining.join(StudentTargets.of(smoothing.of(rest), selfTraining));
  }

  /** How many students {@link #run} trains from {@code plan}. */
  static int students(Recipe plan, SampleShape shape) {
    return plan.generations() + candidates(plan, shape).size();
  }

  /** The recipe found, {@code plan}'s where nothing is clearly better. */
  Recipe run(Recipe plan) throws InterruptedException {
    List<Generation> chain = Generations.train(trainer, rest, targets, plan);
    Recipe first = plan.withGenerations(1);
    int[] incumbent = named(chain.get(0).probabilities());
    Recipe best = first;
    double bestDeviations = CLEAR;
    for (Recipe each : candidates(first, trainer.transfer().shape())) {
      HeldOutGain gain = HeldOutGain.of(labels, named(student(each)), incumbent);
      boolean better = gain.deviations() > bestDeviations;
      trials.add(Trial.of(each.text(), first.text(), gain, better));
      if (better) {
        best = each;
        bestDeviations = gain.deviations();
      }
    }
    return best.withGenerations(generations(chain));
  }

  /** How much more of the votes held out a student of {@code challenger} wins than one of {@code incumbent}. */
  HeldOutGain gain(Recipe challenger, Recipe incumbent) throws InterruptedException {
    return HeldOutGain.of(labels, named(student(challenger)), named(student(incumbent)));
  }

  private DenseMatrix student(Recipe recipe) throws InterruptedException {
    return Generations.train(trainer, rest, targets, recipe.withGenerations(1))
        .get(0)
        .probabilities();
  }

  /** What was tried, in order. */
  List<Trial> trials() {
    return List.copyOf(trials);
  }

  private int generations(List<Generation> chain) {
    int chosen = chain.size();
    int[] last = named(chain.get(chain.size() - 1).probabilities());
    double bestDeviations = CLEAR;
    for (int earlier = 1; earlier < chain.size(); earlier++) {
      HeldOutGain gain =
          HeldOutGain.of(labels, named(chain.get(earlier - 1).probabilities()), last);
      boolean better = gain.deviations() > bestDeviations;
      trials.add(Trial.of("generation " + earlier, "generation " + chain.size(), gain, better));
      if (better) {
        chosen = earlier;
        bestDeviations = gain.deviations();
      }
    }
    return chosen;
  }

  private static List<Recipe> candidates(Recipe first, SampleShape shape) {
    List<Recipe> candidates = new ArrayList<>();
    for (double temperature : TEMPERATURES) {
      if (temperature != first.temperature()) {
        candidates.add(first.withTemperature(temperature));
      }
    }
    for (double alpha : ALPHAS) {
      if (alpha != first.alpha()) {
        candidates.add(first.withAlpha(alpha));
      }
    }
    if (shape.isImage()) {
      candidates.add(first.withViews(
          first.views() instanceof Augmentation.None ? Recipe.WARP : new Augmentation.None()));
    }
    return candidates;
  }

  private int[] named(DenseMatrix probabilities) {
    int[] classes = new int[labels.samples()];
    Arrays.fill(classes, HeldOutGain.NOT_HELD_OUT);
    heldOut.name(0, probabilities, classes);
    return classes;
  }
}
