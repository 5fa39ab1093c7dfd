package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.Arrays;

/**
 * Weights W of a softmax regression that minimise mean log Z(W x) - sum of W * moments + shrinkage |W - A|^2 / 2 over points
 * x, where the weights A are the fit's beginning, and each class may count otherwise in the last term. By Nesterov's
 * accelerated gradient (Nesterov 2004, section 2.2.1); coordinates are scaled to unit second moment within, so that few
 * steps do. Not safe for use by several threads.
 */
final class MomentFit {

  private static final int POWER_STEPS = 12;

  /** The least share of a class, in those of an average one, that its weights are shrunk by. */
  private static final double LEAST_SHARE = 0.3;

  private final DenseMatrix scaled;
  private final DenseMatrix moments;
  private final double[] unit;
  private final double[] energy;
  private final double curvature;
  private final DenseMatrix anchor;
  private final double[] classStiffness;
  private DenseMatrix weights;

  private MomentFit(
      DenseMatrix points, DenseMatrix given, DenseMatrix start, double[] classStiffness) {
    this.classStiffness = classStiffness;
    int dimensions = points.columns();
    energy = new double[dimensions];
    for (int i = 0; i < points.array().length; i++) {
      energy[i % dimensions] += points.array()[i] * points.array()[i] / points.rows();
    }
    unit = new double[dimensions];
    for (int k = 0; k < dimensions; k++) {
      // A coordinate that no point has stays unmoved.
      unit[k] = energy[k] > 1e-12 ? 1 / Math.sqrt(energy[k]) : 0;
    }
    scaled =
        DenseMatrix.of(points.rows(), dimensions, i -> points.array()[i] * unit[i % dimensions]);
    int classes = given.columns();
    moments = DenseMatrix.of(dimensions, classes, i -> given.array()[i] * unit[i / classes]);
    anchor = DenseMatrix.of(
        dimensions, classes, i -> unit[i / classes] > 0 ? start.array()[i] / unit[i / classes] : 0);
    weights = anchor;
    // The Hessian of log Z is at most half the points' second moment (Boehning 1992).
    curvature = largestEigenvalue(scaled) / 2;
  }

  /**
   * A fit that begins with weights 0, to points that are not drawn quite as the records are: the moments of each class are
   * moved, by its share of the records, to where all classes together have the points' mean. Else the loss would fall
   * without end as all classes' weights went the same way.
   *
   * @param points samples by dimensions
   * @param moments dimensions by classes: the mean over records of point and class indicator; the last dimension is a constant
   *     one, whose moments are as the classes' shares
   */
  static MomentFit aligned(DenseMatrix points, DenseMatrix moments) {
    int classes = moments.columns();
    double[] shares = shares(moments);
    double[] gap = gap(points, moments);
    return new MomentFit(
        points,
        DenseMatrix.of(
            moments.rows(),
            classes,
            i -> moments.array()[i] - shares[i % classes] * gap[i / classes]),
        new DenseMatrix(moments.rows(), classes),
        stiffness(shares));
  }

  /**
   * How stiff each class's weights are against shrinkage, 1 for a class of average share: as the root of the share. Were all
   * alike, strong shrinkage would leave each class the mean of its points times its share, and so the most frequent ones
   * every sample; and were it as the share, the noise in the rarest would lead.
   */
  private static double[] stiffness(double[] shares) {
    return Arrays.stream(shares)
        .map(share -> Math.sqrt(Math.max(LEAST_SHARE, share * shares.length)))
        .toArray();
  }

  /** How far the records' mean lies from the points', in each dimension. */
  static double[] gap(DenseMatrix points, DenseMatrix moments) {
    double[] gap = new double[moments.rows()];
    for (int i = 0; i < moments.array().length; i++) {
      gap[i / moments.columns()] += moments.array()[i];
    }
    for (int i = 0; i < points.array().length; i++) {
      gap[i % gap.length] -= points.array()[i] / points.rows();
    }
    return gap;
  }

  /** The classes' shares of the records, as far as the noise shows them: at least 0, together 1. */
  private static double[] shares(DenseMatrix moments) {
    double[] shares = moments.row(moments.rows() - 1);
    double total = 0;
    for (int c = 0; c < shares.length; c++) {
      shares[c] = Math.max(0, shares[c]);
      total += shares[c];
    }
    for (int c = 0; c < shares.length; c++) {
      shares[c] = total > 0 ? shares[c] / total : 1.0 / shares.length;
    }
    return shares;
  }

  /**
   * A fit that begins with {@code start}, where the slope of the mean log-likelihood over the records is known. So the moments
   * are those of the points under {@code start}, and the slope: what points and records differ in counts no more than the
   * fit moves.
   *
   * @param start dimensions by classes
   * @param slope dimensions by classes: the mean over records of point and class indicator, less the probability
   */
  static MomentFit onwards(DenseMatrix points, DenseMatrix start, DenseMatrix slope) {
    DenseMatrix expected = points.times(start);
    double[] weight = new double[points.rows()];
    Arrays.fill(weight, 1.0 / points.rows());
    for (int row = 0; row < expected.rows(); row++) {
      expected.setSoftmax(row, expected.row(row), 1);
    }
    DenseMatrix moments = points.transposeTimes(weight, expected);
    DenseMatrix.addScaled(1, slope.array(), 0, moments.array(), 0, slope.array().length);
    return new MomentFit(points, moments, start, stiffness(shares(moments)));
  }

  /** The second moment of each coordinate of the points. */
  double[] energy() {
    return energy.clone();
  }

  /** Goes on from where it stands, so many steps. */
  void descend(double shrinkage, int steps) {
    int classes = weights.columns();
    double[] stiffness = new double[unit.length * classes];
    double stiffest = 0;
    double softest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < stiffness.length; j++) {
      double scale = unit[j / classes];
      stiffness[j] = shrinkage * scale * scale * classStiffness[j % classes];
      stiffest = Math.max(stiffest, stiffness[j]);
      softest = scale > 0 ? Math.min(softest, stiffness[j]) : softest;
    }
    double step = 1 / (curvature + stiffest);
    double root = Math.sqrt(step * Math.min(softest, curvature + stiffest));
    double momentum = (1 - root) / (1 + root);
    DenseMatrix ahead = weights;
    for (int i = 0; i < steps; i++) {
      DenseMatrix from = ahead;
      DenseMatrix slope = meanPoints(probabilities(from));
      DenseMatrix next = DenseMatrix.of(
          unit.length,
          classes,
          j -> from.array()[j]
              - step
                  * (slope.array()[j]
                      - moments.array()[j]
                      + stiffness[j] * (from.array()[j] - anchor.array()[j])));
      DenseMatrix before = weights;
      ahead = DenseMatrix.of(
          unit.length,
          classes,
          j -> next.array()[j] + momentum * (next.array()[j] - before.array()[j]));
      weights = next;
    }
  }

  /** The weights as they are now, of the points as they were given. */
  DenseMatrix weights() {
    return weights(1);
  }

  /** The weights as they would be, had they gone {@code times} as far from where the fit began. */
  DenseMatrix weights(double times) {
    int classes = weights.columns();
    return DenseMatrix.of(
        unit.length,
        classes,
        i -> (anchor.array()[i] + times * (weights.array()[i] - anchor.array()[i]))
            * unit[i / classes]);
  }

  /** The probability of each class for each point. */
  DenseMatrix probabilities() {
    return probabilities(weights);
  }

  /** What {@code of} leave of the loss on this fit's points and moments, without any shrinkage. */
  double loss(DenseMatrix of) {
    DenseMatrix within = within(of);
    DenseMatrix logits = scaled.times(within);
    double total = 0;
    for (int row = 0; row < logits.rows(); row++) {
      total += logSumOfExponentials(logits.row(row));
    }
    double matched = 0;
    for (int i = 0; i < moments.array().length; i++) {
      matched += within.array()[i] * moments.array()[i];
    }
    return total / logits.rows() - matched;
  }

  /** The same loss, had each of this fit's points the class that is likeliest under {@code of}. */
  double surest(DenseMatrix of) {
    DenseMatrix logits = scaled.times(within(of));
    double total = 0;
    for (int row = 0; row < logits.rows(); row++) {
      total += logSumOfExponentials(logits.row(row)) - logits.get(row, logits.argMax(row));
    }
    return total / logits.rows();
  }

  private DenseMatrix within(DenseMatrix of) {
    int classes = of.columns();
    return DenseMatrix.of(
        unit.length, classes, i -> unit[i / classes] > 0 ? of.array()[i] / unit[i / classes] : 0);
  }

  private static double logSumOfExponentials(double[] logits) {
    double largest = Arrays.stream(logits).max().orElse(0);
    return largest
        + Math.log(Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum());
  }

  private DenseMatrix probabilities(DenseMatrix of) {
    DenseMatrix logits = scaled.times(of);
    for (int row = 0; row < logits.rows(); row++) {
      logits.setSoftmax(row, logits.row(row), 1);
    }
    return logits;
  }

  private DenseMatrix meanPoints(DenseMatrix probabilities) {
    double[] weight = new double[scaled.rows()];
    Arrays.fill(weight, 1.0 / scaled.rows());
    return scaled.transposeTimes(weight, probabilities);
  }

  private static double largestEigenvalue(DenseMatrix points) {
    double[] ones = new double[points.rows()];
    Arrays.fill(ones, 1.0 / points.rows());
    DenseMatrix direction = DenseMatrix.of(points.columns(), 1, i -> 1 + i % 7);
    double length = 0;
    for (int i = 0; i < POWER_STEPS; i++) {
      DenseMatrix next = points.transposeTimes(ones, points.times(direction));
      length = Math.sqrt(Arrays.stream(next.array()).map(v -> v * v).sum());
      if (length == 0) {
        return 1;
      }
      double divisor = length;
      direction = DenseMatrix.of(next.rows(), 1, j -> next.array()[j] / divisor);
    }
    // Power iteration comes from below.
    return 1.1 * length;
  }
}
