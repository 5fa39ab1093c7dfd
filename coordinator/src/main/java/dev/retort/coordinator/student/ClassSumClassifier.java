package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.data.Samples;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.DenseMatrix;
import dev.retort.plan.RoundInput.Classifier;
import dev.retort.plan.StudyPlan.ClassSums;
import java.util.List;

/**
 * What noised class sums say of the public samples: a softmax regression, fitted to private records of which only the sums
 * of their points by class are known.
 *
 * <p>The likelihood of labels y given points x under weights W is the product of exp(W_y x) / Z(W x). So the labels enter it
 * through the class sums alone, which are its sufficient statistic (Jaynes 1957; McCullagh and Nelder 1989, section 2.2),
 * and the rest, the mean of log Z, is an average over points without labels, for which the public samples stand in. Later
 * rounds ask for what the classifier so far leaves of the records, the slope of the likelihood itself; so the public samples
 * stand in for less and less.
 *
 * <p>How far weights are shrunk, {@link FitExtent} decides. Records that are not drawn as the public samples are count as
 * noise there: how far they lie apart is seen in the mean of all records, which the sums tell too. Deterministic;
 * post-processing of released sums.
 */
final class ClassSumClassifier {

  private static final int STEPS = 80;

  /**
   * In a first round records are taken to differ from public samples by at most this, times what so many independent samples
   * differ by, unless the likelihood tells of more. Samples from a few sources differ by more in their mean, which the fit moves,
   * than within a class.
   */
  private static final double USUAL_SHIFT = 1.5;

  private final DenseMatrix weights;
  private final DenseMatrix probabilities;
  private final double[] variance;
  private final double shrinkage;
  private final double dimensions;
  private final double noise;

  private ClassSumClassifier(
      DenseMatrix weights,
      DenseMatrix probabilities,
      double[] variance,
      double shrinkage,
      double dimensions,
      double noise) {
    this.weights = weights;
    this.probabilities = probabilities;
    this.variance = variance;
    this.shrinkage = shrinkage;
    this.dimensions = dimensions;
    this.noise = noise;
  }

  /**
   * Fits.
   *
   * @param sums an answer a round, of the space's dimensions by classes: class sums, then what {@code asked} leave
   * @param asked the classifiers that the rounds after the first were about, as far as they were asked
   * @param seed of what is held out
   */
  static ClassSumClassifier fit(
      AggregatedLabels sums,
      List<Classifier> asked,
      ClassSumSpace space,
      Samples transfer,
      int classes,
      long seed) {
    float[] raw = space.points(transfer);
    int dimensions = space.dimensions();
    return fit(
        sums, asked, DenseMatrix.of(transfer.count(), dimensions, i -> raw[i]), classes, seed);
  }

  /** The same, of public samples that are points already. */
  static ClassSumClassifier fit(
      AggregatedLabels sums, List<Classifier> asked, DenseMatrix points, int classes, long seed) {
    int dimensions = points.columns();
    int rounds = 1 + asked.size();
    if (sums.samples() < rounds || sums.classes() != dimensions * classes) {
      throw new IllegalArgumentException("sums must be " + rounds + " answers of " + dimensions
          + " by " + classes + " entries: " + sums.samples() + ", " + sums.classes());
    }
    int last = rounds - 1;
    while (!sums.isAnswered(last)) {
      last--;
    }
    double counted = 0;
    for (int c = 0; c < classes; c++) {
      counted += sums.total(0, (dimensions - 1) * classes + c);
    }
    // A bounded fit whatever the noise makes of the count.
    double records = Math.max(1, counted / ClassSums.NORM / ClassSumSpace.CONSTANT);
    Mean first = Mean.of(sums, 0, dimensions, records);
    double sampling = sampling(points, classes);
    double shift = shift(points, first, sampling);
    if (last == 0) {
      return fit(MomentFit::aligned, points, first, shift, USUAL_SHIFT * sampling, seed);
    }
    // Fewer sites may have answered later.
    Mean left = Mean.of(sums, last, dimensions, records * sums.units(last) / sums.units(0));
    // What is left to explain is smaller, and with it the variance that the public samples add.
    double part = Math.sqrt(Math.min(1, left.length() / Math.max(first.length(), 1e-12)));
    return fit(
        from(asked.get(last - 1), left.values()), points, left, part * shift, part * shift, seed);
  }

  /**
   * An answer, divided by the records it is about.
   *
   * @param values dimensions by classes
   * @param noise the standard deviation of the noise in each
   */
  private record Mean(DenseMatrix values, double noise) {
    static Mean of(AggregatedLabels sums, int row, int dimensions, double records) {
      double scale = 1 / (records * ClassSums.NORM);
      return new Mean(
          DenseMatrix.of(dimensions, sums.classes() / dimensions, i -> sums.total(row, i) * scale),
          Math.sqrt((double) sums.totalVariance(row)) * scale);
    }

    /** The root of the sum of squares, beyond what the noise makes of it. */
    double length() {
      double squares = 0;
      for (double value : values.array()) {
        squares += value * value - noise * noise;
      }
      return Math.sqrt(Math.max(0, squares));
    }
  }

  private static ClassSumClassifier fit(
      FitExtent.Beginning beginning,
      DenseMatrix points,
      Mean answer,
      double shift,
      double believed,
      long seed) {
    double counted = Math.min(shift, believed);
    double error = Math.hypot(answer.noise(), counted);
    FitExtent extent = FitExtent.choose(beginning, points, answer.values(), error, seed);
    while (extent.surerThanSure() && counted < shift) {
      counted = Math.min(shift, 2 * counted);
      error = Math.hypot(answer.noise(), counted);
      extent = FitExtent.choose(beginning, points, answer.values(), error, seed);
    }
    MomentFit fit = beginning.fit(points, answer.values());
    fit.descend(extent.shrinkage(), STEPS);
    return described(points, fit, extent, answer.noise(), error);
  }

  /** The deviation of an entry of the public samples' moments about those of all that they were drawn from. */
  private static double sampling(DenseMatrix points, int classes) {
    double energy = 0;
    for (double each : points.array()) {
      energy += each * each / points.array().length;
    }
    return Math.sqrt(energy / points.rows() / classes);
  }

  /**
   * How far the records' moments lie from where records drawn as the public samples are would have them: the deviation of
   * an entry, beyond what noise and the count of samples make, judged by the mean of all classes together.
   */
  private static double shift(DenseMatrix points, Mean first, double sampling) {
    double[] gap = MomentFit.gap(points, first.values());
    double squares = 0;
    for (double each : gap) {
      squares += each * each / gap.length;
    }
    // Of the mean of all classes each class has its part, so the squares are the sum of theirs.
    double shift =
        squares / first.values().columns() - sampling * sampling - first.noise() * first.noise();
    return Math.sqrt(Math.max(0, shift));
  }

  private static FitExtent.Beginning from(Classifier asked, DenseMatrix shape) {
    DenseMatrix start = DenseMatrix.of(shape.rows(), shape.columns(), i -> asked.weights()[i]);
    return (points, answer) -> MomentFit.onwards(points, start, answer);
  }

  private static ClassSumClassifier described(
      DenseMatrix points, MomentFit fit, FitExtent extent, double noise, double error) {
    DenseMatrix weights = fit.weights(extent.stretch());
    DenseMatrix probabilities = points.times(weights);
    for (int row = 0; row < probabilities.rows(); row++) {
      probabilities.setSoftmax(row, probabilities.row(row), 1);
    }
    double shrinkage = extent.shrinkage();
    int classes = probabilities.columns();
    double curvature = 0;
    for (double p : probabilities.array()) {
      curvature += p * (1 - p) / probabilities.array().length;
    }
    double[] energy = fit.energy();
    double dimensions = 0;
    double[] spread = new double[energy.length];
    for (int k = 0; k < energy.length; k++) {
      double stiffness = curvature * energy[k] + shrinkage;
      dimensions += curvature * energy[k] / stiffness;
      spread[k] = extent.stretch() * extent.stretch() * error * error / stiffness / stiffness;
    }
    double[] variance = new double[points.rows()];
    for (int row = 0; row < variance.length; row++) {
      double ofLogit = 0;
      for (int k = 0; k < spread.length; k++) {
        ofLogit += points.get(row, k) * points.get(row, k) * spread[k];
      }
      for (int c = 0; c < classes; c++) {
        double slope = probabilities.get(row, c) * (1 - probabilities.get(row, c));
        variance[row] += slope * slope * ofLogit / classes;
      }
    }
    return new ClassSumClassifier(weights, probabilities, variance, shrinkage, dimensions, noise);
  }

  /** As the next round is asked about it. */
  Classifier asked() {
    float[] numbers = new float[weights.array().length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) weights.array()[i];
    }
    return new Classifier(numbers);
  }

  /** The probability of each class for each public sample. */
  DenseMatrix probabilities() {
    return probabilities;
  }

  /**
   * The variance that noise, and records unlike the public samples, give each class of sample {@code row}, to first order,
   * the classes' mean.
   */
  double variance(int row) {
    return variance[row];
  }

  /** The weight of the weights' squared length in what was minimised. */
  double shrinkage() {
    return shrinkage;
  }

  /** The effective count of parameters fitted to each class. */
  double dimensions() {
    return dimensions;
  }

  /** The standard deviation of the noise in an entry of the mean point of a record, by class. */
  double noise() {
    return noise;
  }
}
