package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.Arrays;

/**
 * Labels fitted as logistic functions of a basis: the mean label of a class is 1 / (1 + exp(-f)) with f a Gaussian process
 * on the basis, found by Gauss-Newton steps, and its prior is chosen by Laplace's approximation of the evidence (Rasmussen
 * and Williams 2006, section 3.4), with the Gaussian noise known. Classes are fitted one by one.
 */
final class LogisticFit {

  private static final double[] SMOOTHNESS = {0, 0.5, 1, 2};
  private static final double[] SCALE = {0.01, 0.04, 0.16, 0.64, 2.56};
  private static final double[] RESIDUAL_VARIANCE = {1e-6, 3e-3, 0.01};
  private static final int STEPS = 15;

  /** An improvement of the log posterior below this is none. */
  private static final double TOLERANCE = 1e-3;

  /** The prior deviation of the constant: nearly none. */
  private static final double CONSTANT_DEVIATION = 10;

  private final ObservedLabels labels;
  private final PublicBasis basis;
  private final int samples;

  /** The basis with a constant before it; all columns of length 1. */
  private final DenseMatrix design;

  LogisticFit(ObservedLabels labels, PublicBasis basis) {
    this.labels = labels;
    this.basis = basis;
    this.samples = basis.functions().rows();
    DenseMatrix functions = basis.functions();
    int columns = functions.columns() + 1;
    this.design = DenseMatrix.of(
        samples,
        columns,
        i -> i % columns == 0
            ? 1 / Math.sqrt(samples)
            : functions.get(i / columns, i % columns - 1));
  }

  /** The posterior under the likeliest prior. */
  LabelPosterior best() {
    int classes = labels.classes();
    // Of two classes that sum to 1, one is the other's mirror.
    int fitted = classes == 2 ? 1 : classes;
    Curve[] best = new Curve[0];
    double bestEvidence = Double.NEGATIVE_INFINITY;
    double bestResidual = 0;
    for (double residual : RESIDUAL_VARIANCE) {
      double[] precision = precision(residual);
      double[][] start = new double[fitted][];
      Arrays.setAll(start, label -> constant(label, precision));
      for (double smoothness : SMOOTHNESS) {
        for (double scale : SCALE) {
          double[] deviation = deviations(smoothness, scale);
          Curve[] curves = new Curve[fitted];
          double evidence = 0;
          for (int label = 0; label < fitted; label++) {
            curves[label] = climb(label, precision, deviation, start[label]);
            start[label] = curves[label].coefficients();
            evidence += curves[label].evidence() * classes / fitted;
          }
          if (evidence > bestEvidence) {
            bestEvidence = evidence;
            bestResidual = residual;
            best = curves;
          }
        }
      }
    }
    if (best.length == 0) {
      throw new IllegalStateException("no prior has finite evidence");
    }
    return posterior(best, bestResidual, bestEvidence);
  }

  private double[] deviations(double smoothness, double scale) {
    double[] own = CoefficientPrior.deviations(basis.roughness(), smoothness, scale * samples);
    double[] all = new double[own.length + 1];
    all[0] = CONSTANT_DEVIATION * Math.sqrt(samples);
    System.arraycopy(own, 0, all, 1, own.length);
    return all;
  }

  private LabelPosterior posterior(Curve[] curves, double residual, double evidence) {
    int classes = labels.classes();
    DenseMatrix mean = new DenseMatrix(samples, classes);
    double[] variance = new double[samples];
    double dimensions = 0;
    for (Curve curve : curves) {
      DenseMatrix spread = design.times(curve.covariance());
      for (int row = 0; row < samples; row++) {
        double own = 0;
        for (int k = 0; k < design.columns(); k++) {
          own += spread.get(row, k) * design.get(row, k);
        }
        variance[row] += curve.slope(row) * curve.slope(row) * own / curves.length;
      }
      for (int i = 0; i < design.columns(); i++) {
        for (int j = 0; j < design.columns(); j++) {
          dimensions += curve.covariance().get(i, j) * curve.gram().get(j, i) / curves.length;
        }
      }
    }
    for (int row = 0; row < samples; row++) {
      boolean answered = row < labels.samples() && labels.isAnswered(row);
      // The residual about the curve is shrunk as Wiener shrinks.
      double trust = answered ? residual / (residual + labels.variance(row)) : 0;
      for (int c = 0; c < classes; c++) {
        double curve =
            c < curves.length ? curves[c].share()[row] : 1 - curves[0].share()[row];
        mean.set(row, c, answered ? curve + trust * (labels.mean(row, c) - curve) : curve);
      }
      double left = answered ? trust * labels.variance(row) : residual;
      variance[row] = labels.spread() * ((1 - trust) * (1 - trust) * variance[row] + left);
    }
    return new LabelPosterior(
        basis.named(basis.name() + ", logistic"), mean, variance, dimensions, residual, evidence);
  }

  /**
   * One class under one prior, at the top of its posterior.
   *
   * @param coefficients of the design
   * @param share the fitted mean label of each sample
   * @param gram of the design, weighted by precision and squared slope
   * @param covariance of the coefficients
   * @param evidence Laplace's approximation of its logarithm
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Curve(
      double[] coefficients,
      double[] share,
      DenseMatrix gram,
      DenseMatrix covariance,
      double evidence) {

    /** How much the mean label of a sample moves with its logit. */
    double slope(int row) {
      return share[row] * (1 - share[row]);
    }
  }

  private Curve climb(int label, double[] precision, double[] deviation, double[] start) {
    double[] at = start;
    double[] latent = latent(at);
    double height = height(label, precision, deviation, at, latent);
    for (int step = 0; ; step++) {
      double[] share = shares(latent);
      DenseMatrix gram = gram(precision, share);
      CoefficientPrior prior =
          new CoefficientPrior(gram, right(label, precision, latent, share), deviation);
      double[] next = at;
      double nextHeight = height;
      if (step < STEPS) {
        double[] aim = prior.coefficients().array();
        for (double length = 1; length > 0.05 && !(nextHeight > height); length /= 2) {
          next = between(at, aim, length);
          nextHeight = height(label, precision, deviation, next, latent(next));
        }
      }
      if (!(nextHeight > height + TOLERANCE)) {
        return new Curve(at, share, gram, prior.covariance(), height - prior.halfLogDeterminant());
      }
      at = next;
      latent = latent(at);
      height = nextHeight;
    }
  }

  /** The coefficients of a constant: the mean of what was observed. */
  private double[] constant(int label, double[] precision) {
    double sum = 0;
    double weight = 0;
    for (int row = 0; row < samples; row++) {
      if (precision[row] > 0) {
        sum += precision[row] * labels.mean(row, label);
        weight += precision[row];
      }
    }
    double mean = Math.min(0.98, Math.max(0.02, sum / weight));
    double[] coefficients = new double[design.columns()];
    coefficients[0] = Math.log(mean / (1 - mean)) * Math.sqrt(samples);
    return coefficients;
  }

  private double[] precision(double residual) {
    double[] precision = new double[samples];
    for (int row = 0; row < labels.samples(); row++) {
      precision[row] = labels.isAnswered(row) ? 1 / (labels.variance(row) + residual) : 0;
    }
    return precision;
  }

  /** The log posterior density, up to constants that no prior changes. */
  private double height(
      int label, double[] precision, double[] deviation, double[] coefficients, double[] latent) {
    double height = 0;
    double[] share = shares(latent);
    for (int row = 0; row < samples; row++) {
      if (precision[row] > 0) {
        double miss = labels.mean(row, label) - share[row];
        height += (Math.log(precision[row]) - precision[row] * miss * miss) / 2;
      }
    }
    for (int k = 0; k < coefficients.length; k++) {
      double away = coefficients[k] / deviation[k];
      height -= away * away / 2;
    }
    return height;
  }

  private DenseMatrix gram(double[] precision, double[] share) {
    double[] weights = new double[samples];
    Arrays.setAll(weights, row -> {
      double slope = share[row] * (1 - share[row]);
      return precision[row] * slope * slope;
    });
    return design.transposeTimes(weights, design);
  }

  /** The design times what a Gauss-Newton step fits: the observations, made linear about {@code latent}. */
  private DenseMatrix right(int label, double[] precision, double[] latent, double[] share) {
    double[] weights = new double[samples];
    DenseMatrix target = new DenseMatrix(samples, 1);
    for (int row = 0; row < samples; row++) {
      double slope = share[row] * (1 - share[row]);
      weights[row] = precision[row] * slope;
      double observed = precision[row] > 0 ? labels.mean(row, label) : 0;
      target.set(row, 0, observed - share[row] + slope * latent[row]);
    }
    return design.transposeTimes(weights, target);
  }

  private double[] latent(double[] coefficients) {
    return design
        .times(DenseMatrix.of(coefficients.length, 1, k -> coefficients[k]))
        .array();
  }

  private static double[] shares(double[] latent) {
    return Arrays.stream(latent).map(f -> 1 / (1 + Math.exp(-f))).toArray();
  }

  private static double[] between(double[] from, double[] to, double length) {
    double[] point = new double[from.length];
    Arrays.setAll(point, k -> from[k] + length * (to[k] - from[k]));
    return point;
  }
}
