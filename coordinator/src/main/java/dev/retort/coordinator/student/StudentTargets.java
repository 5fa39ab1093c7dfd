package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import dev.retort.learn.DistillationTargets;
import dev.retort.plan.Switch;

/**
 * What the student is to learn of each transfer sample, with how far it is to be believed.
 *
 * @param means what the warm-up fits: posterior mean labels, not projected onto the simplex
 * @param probabilities what the distillation fits, rows on the simplex
 * @param variance of each sample's mean label
 */
@SuppressWarnings("ArrayRecordComponent") // used within this package, and never compared
record StudentTargets(DenseMatrix means, DenseMatrix probabilities, double[] variance) {

  /** A margin beyond this many deviations of a difference is trusted as a hard label. */
  private static final double TRUSTED_DEVIATIONS = 3;

  /** Added to probabilities before their logarithm: nobody is so sure. */
  private static final double LEAST = 1e-4;

  /**
   * The squared error in a class of a sample that no noise explains, of either where two join: what teachers get wrong, or
   * a linear rule. Nobody can tell which is worse, so that what is sure of itself still gets little more than half. Measured: with 0
   * Fashion-MNIST loses 1.6 points at epsilon 0.5, with infinity MNIST 0.7 at 0.2.
   */
  private static final double UNEXPLAINED = 0.01;

  /** The largest share of a student's own probabilities in the next one's targets. */
  private static final double MOST_STUDENT = 0.5;

  /**
   * The targets of a posterior: halfway between the mean label and the chance that each class leads it.
   *
   * @param selfTraining whether instead the samples are grouped by their mean labels, and the groups are made alike
   *     among neighbours: one generation of self-training, with the graph as the student
   */
  static StudentTargets of(LabelPosterior posterior, boolean selfTraining) {
    DenseMatrix means = posterior.mean();
    int classes = means.columns();
    double[] variance = new double[means.rows()];
    DenseMatrix likely = new DenseMatrix(means.rows(), classes);
    for (int row = 0; row < means.rows(); row++) {
      variance[row] = posterior.variance(row);
      likely.setRow(row, ArgMaxProbability.of(means.row(row), Math.sqrt(variance[row])));
    }
    if (selfTraining) {
      DenseMatrix groups = ClassMixture.responsibilities(means, likely);
      return new StudentTargets(means, posterior.basis().smoothed(groups), variance);
    }
    DenseMatrix probabilities = new DenseMatrix(means.rows(), classes);
    for (int row = 0; row < means.rows(); row++) {
      double[] nearest = onSimplex(means.row(row));
      for (int c = 0; c < classes; c++) {
        probabilities.set(row, c, (likely.get(row, c) + nearest[c]) / 2);
      }
    }
    return new StudentTargets(means, probabilities, variance);
  }

  /** The targets of a classifier fitted to class sums: its probabilities, which a likelihood has calibrated. */
  static StudentTargets of(ClassSumClassifier classifier) {
    DenseMatrix probabilities = classifier.probabilities();
    double[] variance = new double[probabilities.rows()];
    for (int row = 0; row < variance.length; row++) {
      variance[row] = classifier.variance(row);
    }
    return new StudentTargets(probabilities, probabilities, variance);
  }

  /**
   * These and others, of answers that had nothing to do with these ones, each sample's weighted by how far either is likely to
   * be off: the weighted mean of the means, and of the probabilities the weighted geometric mean, so that a class must be
   * possible to both (logarithmic pooling: Genest and Zidek 1986, section 3).
   *
   * @param others of the same samples
   */
  StudentTargets joinedBy(StudentTargets others) {
    int classes = means.columns();
    DenseMatrix mixed = new DenseMatrix(means.rows(), classes);
    DenseMatrix pooled = new DenseMatrix(means.rows(), classes);
    double[] joined = new double[variance.length];
    for (int row = 0; row < joined.length; row++) {
      double off = variance[row] + UNEXPLAINED;
      double share = off / (off + others.variance[row] + UNEXPLAINED);
      double own = 1 - share;
      double[] logits = new double[classes];
      for (int c = 0; c < classes; c++) {
        mixed.set(row, c, own * means.get(row, c) + share * others.means.get(row, c));
        logits[c] = own * Math.log(probabilities.get(row, c) + LEAST)
            + share * Math.log(others.probabilities.get(row, c) + LEAST);
      }
      pooled.setSoftmax(row, logits, 1);
      joined[row] = own * own * variance[row] + share * share * others.variance[row];
    }
    return new StudentTargets(mixed, pooled, joined);
  }

  /**
   * These, with each sample's probabilities drawn towards a student's by inverse variance: the noisier the label, the
   * more the student is believed, and at least half of the label stays.
   *
   * @param student what it says of each sample, rows on the simplex
   * @param studentVariance of each class of what it says, about the noise-free mean label; below 0 counts as 0
   */
  StudentTargets mixedWith(DenseMatrix student, double studentVariance) {
    DenseMatrix mixed = new DenseMatrix(means.rows(), means.columns());
    for (int row = 0; row < means.rows(); row++) {
      double trust = Math.min(
          MOST_STUDENT, variance[row] / (variance[row] + Math.max(studentVariance, 0) + 1e-12));
      for (int c = 0; c < means.columns(); c++) {
        mixed.set(row, c, (1 - trust) * probabilities.get(row, c) + trust * student.get(row, c));
      }
    }
    return new StudentTargets(means, mixed, variance);
  }

  /** Whether the leading class of sample {@code row} stands clear of the noise. */
  boolean isTrusted(int row) {
    double largest = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < means.columns(); c++) {
      double value = means.get(row, c);
      if (value > largest) {
        second = largest;
        largest = value;
      } else {
        second = Math.max(second, value);
      }
    }
    return largest - second > TRUSTED_DEVIATIONS * Math.sqrt(2 * variance[row])
        && means.argMax(row) == probabilities.argMax(row);
  }

  /** The count of samples that {@link #isTrusted}. */
  int trusted() {
    int trusted = 0;
    for (int row = 0; row < means.rows(); row++) {
      trusted += isTrusted(row) ? 1 : 0;
    }
    return trusted;
  }

  /** How much less than the average an entirely ambiguous sample is softened, were the average entirely clear. */
  private static final double DYNAMIC_RANGE = 0.5;

  /**
   * As the training takes them.
   *
   * @param dynamic whether samples are softened the less, the more entropy their target has beyond the average: what is
   *     ambiguous, by nature or by noise, is not blurred any further (after Wen, Lai and Qian 2019)
   */
  DistillationTargets toTraining(Switch dynamic) {
    int samples = means.rows();
    int classes = means.columns();
    int[] hardLabels = new int[samples];
    float[] softWeights = new float[samples];
    float[] hardWeights = new float[samples];
    double typical = 0;
    for (double each : variance) {
      typical += each / samples;
    }
    for (int row = 0; row < samples; row++) {
      hardLabels[row] = probabilities.argMax(row);
      // 1 for a sample of average certainty, less where few sites answered or the sample lies
      // apart.
      softWeights[row] = (float) (2 * typical / (typical + variance[row] + 1e-12));
      hardWeights[row] = isTrusted(row) ? 1 : 0;
    }
    return new DistillationTargets(
        classes,
        floats(means),
        floats(probabilities),
        hardLabels,
        softWeights,
        hardWeights,
        temperatures(dynamic == Switch.ON ? DYNAMIC_RANGE : 0));
  }

  /** Factors of the temperature, in [1 - range, 1 + range], 1 on average. */
  private float[] temperatures(double range) {
    double[] entropy = new double[probabilities.rows()];
    double average = 0;
    for (int row = 0; row < entropy.length; row++) {
      for (int c = 0; c < probabilities.columns(); c++) {
        double p = probabilities.get(row, c);
        entropy[row] -= p > 0 ? p * Math.log(p) / Math.log(probabilities.columns()) : 0;
      }
      average += entropy[row] / entropy.length;
    }
    float[] factors = new float[entropy.length];
    for (int row = 0; row < factors.length; row++) {
      factors[row] = (float) (1 + range * (average - entropy[row]));
    }
    return factors;
  }

  private static float[] floats(DenseMatrix matrix) {
    float[] values = new float[matrix.array().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.array()[i];
    }
    return values;
  }

  /** The nearest point of the probability simplex (Duchi and others 2008, figure 1). */
  static double[] onSimplex(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    double sum = 0;
    double shift = 0;
    for (int k = 1; k <= sorted.length; k++) {
      double value = sorted[sorted.length - k];
      sum += value;
      if (value - (sum - 1) / k > 0) {
        shift = (sum - 1) / k;
      }
    }
    double[] projected = new double[values.length];
    for (int c = 0; c < values.length; c++) {
      projected[c] = Math.max(0, values[c] - shift);
    }
    return projected;
  }
}
