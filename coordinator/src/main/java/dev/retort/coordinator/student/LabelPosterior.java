package dev.retort.coordinator.student;

import dev.retort.encode.DenseMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * What the released labels say of the noise-free mean labels, given that neighbours are labelled alike: the posterior of
 * a Gaussian process over the public samples, whose prior is chosen by evidence (Rasmussen and Williams 2006, chapters 2
 * and 5) with the noise known. The fit is to the unbiased means as they are, negative entries and all: clipping them
 * first would bias it. Post-processing of released labels.
 *
 * <p>For tables a {@linkplain LogisticFit logistic} fit competes: votes of linear teachers are a saturating function of
 * one direction, which a linear fit can only chord.
 */
final class LabelPosterior {

  private static final double[] SMOOTHNESS = {0, 0.5, 1, 1.5, 2, 3, 4};
  private static final double LEAST_SPREAD = 1e-6;
  private static final double[] RESIDUAL_VARIANCE = {1e-6, 1e-3, 3e-3, 0.01, 0.03, 0.1};

  private final PublicBasis basis;
  private final DenseMatrix mean;
  private final double[] variance;
  private final double dimensions;
  private final double residualVariance;
  private final double logEvidence;

  LabelPosterior(
      PublicBasis basis,
      DenseMatrix mean,
      double[] variance,
      double dimensions,
      double residualVariance,
      double logEvidence) {
    this.basis = basis;
    this.mean = mean;
    this.variance = variance;
    this.dimensions = dimensions;
    this.residualVariance = residualVariance;
    this.logEvidence = logEvidence;
  }

  /** The posterior over {@code basis}, under whichever prior the labels find likeliest. */
  static LabelPosterior of(LabelEstimate labels, PublicBasis basis) {
    return new Fit(observed(labels, basis.isGraph()), basis).best();
  }

  /** The posterior of any numbers, of order 1, that are not labels: nothing makes them sum to 1 or lie between 0 and 1. */
  static LabelPosterior ofNumbers(LabelEstimate numbers, PublicBasis basis) {
    return new Fit(ObservedLabels.of(numbers), basis).best();
  }

  private static ObservedLabels observed(LabelEstimate labels, boolean graphs) {
    ObservedLabels observed = ObservedLabels.of(labels);
    return graphs ? observed : observed.summingToOne();
  }

  /** The posterior under whichever basis and prior the labels find likeliest. */
  static LabelPosterior of(LabelEstimate labels, List<PublicBasis> bases) {
    boolean graphs = bases.stream().allMatch(PublicBasis::isGraph);
    ObservedLabels observed = observed(labels, graphs);
    LabelPosterior best = null;
    for (PublicBasis basis : bases) {
      LabelPosterior candidate = new Fit(observed, basis).best();
      if (best == null || candidate.logEvidence > best.logEvidence) {
        best = candidate;
      }
      if (!basis.isGraph()) {
        LabelPosterior logistic = new LogisticFit(observed, basis).best();
        if (logistic.logEvidence > best.logEvidence) {
          best = logistic;
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("bases must not be empty");
    }
    return best;
  }

  /**
   * The same, for samples of which each class is known to have as many as any other: teachers who say some classes of every
   * sample, and others of none, still tell them apart by when they say them more than usual. Each class is shifted to one mean and
   * stretched to one deviation of the truth over the samples, which is that of the posterior means and the posterior variance together.
   */
  LabelPosterior evened() {
    int samples = mean.rows();
    int classes = mean.columns();
    double unknown = Arrays.stream(variance).sum() / samples;
    double[] centre = new double[classes];
    double[] stretch = new double[classes];
    double common = 0;
    for (int c = 0; c < classes; c++) {
      double squares = 0;
      for (int row = 0; row < samples; row++) {
        centre[c] += mean.get(row, c) / samples;
      }
      for (int row = 0; row < samples; row++) {
        double off = mean.get(row, c) - centre[c];
        squares += off * off / samples;
      }
      double spread = Math.sqrt(squares + unknown) + LEAST_SPREAD;
      stretch[c] = 1 / spread;
      common += spread * spread / classes;
    }
    double squaredStretch = 0;
    for (int c = 0; c < classes; c++) {
      stretch[c] *= Math.sqrt(common);
      squaredStretch += stretch[c] * stretch[c] / classes;
    }
    DenseMatrix even = new DenseMatrix(samples, classes);
    double[] stretched = new double[samples];
    for (int row = 0; row < samples; row++) {
      stretched[row] = variance[row] * squaredStretch;
      for (int c = 0; c < classes; c++) {
        even.set(row, c, 1.0 / classes + stretch[c] * (mean.get(row, c) - centre[c]));
      }
    }
    return new LabelPosterior(basis, even, stretched, dimensions, residualVariance, logEvidence);
  }

  /** The basis chosen. */
  PublicBasis basis() {
    return basis;
  }

  /** Posterior means, samples by classes. */
  DenseMatrix mean() {
    return mean;
  }

  /** The posterior variance of each class of sample {@code row}. */
  double variance(int row) {
    return variance[row];
  }

  /** The effective count of parameters fitted to each class: the trace of the smoother. */
  double dimensions() {
    return dimensions;
  }

  /** The variance of the noise-free mean labels about functions of the basis. */
  double residualVariance() {
    return residualVariance;
  }

  /** The fit of one basis, over all priors. */
  private static final class Fit {

    private final ObservedLabels labels;
    private final PublicBasis basis;
    private final int samples;
    private final int classes;
    private final int columns;
    private final double[] centre;
    private final DenseMatrix centred;

    Fit(ObservedLabels labels, PublicBasis basis) {
      this.labels = labels;
      this.basis = basis;
      this.samples = basis.functions().rows();
      this.classes = labels.classes();
      this.columns = basis.functions().columns();
      this.centre = centre(labels);
      this.centred = new DenseMatrix(samples, classes);
      for (int row = 0; row < labels.samples(); row++) {
        if (labels.isAnswered(row)) {
          for (int c = 0; c < classes; c++) {
            centred.set(row, c, labels.mean(row, c) - centre[c]);
          }
        }
      }
    }

    private static double[] centre(ObservedLabels labels) {
      double[] centre = new double[labels.classes()];
      double total = 0;
      for (int row = 0; row < labels.samples(); row++) {
        if (labels.isAnswered(row)) {
          double weight = 1 / (labels.variance(row) + 0.01);
          total += weight;
          for (int c = 0; c < centre.length; c++) {
            centre[c] += weight * labels.mean(row, c);
          }
        }
      }
      for (int c = 0; c < centre.length; c++) {
        centre[c] /= total;
      }
      return centre;
    }

    LabelPosterior best() {
      LabelPosterior best = null;
      double bestEvidence = Double.NEGATIVE_INFINITY;
      for (double residual : RESIDUAL_VARIANCE) {
        double[] precision = precision(residual);
        DenseMatrix gram = basis.functions().transposeTimes(precision, basis.functions());
        DenseMatrix right = basis.functions().transposeTimes(precision, centred);
        double fixed = fixedEvidence(precision);
        CoefficientPrior prior = null;
        double evidence = bestEvidence;
        for (double smoothness : SMOOTHNESS) {
          for (int power = -2; power <= 8; power++) {
            CoefficientPrior candidate = new CoefficientPrior(
                gram,
                right,
                CoefficientPrior.deviations(basis.roughness(), smoothness, Math.pow(4, power)));
            double candidateEvidence = fixed + candidate.evidence();
            if (candidateEvidence > evidence) {
              evidence = candidateEvidence;
              prior = candidate;
            }
          }
        }
        if (prior != null) {
          bestEvidence = evidence;
          best = posterior(prior, gram, residual, evidence);
        }
      }
      if (best == null) {
        throw new IllegalStateException("no prior has finite evidence");
      }
      return best;
    }

    private double[] precision(double residual) {
      double[] precision = new double[samples];
      for (int row = 0; row < labels.samples(); row++) {
        precision[row] = labels.isAnswered(row) ? 1 / (labels.variance(row) + residual) : 0;
      }
      return precision;
    }

    /** The part of the log evidence that no prior changes. */
    private double fixedEvidence(double[] precision) {
      double sum = 0;
      for (int row = 0; row < samples; row++) {
        if (precision[row] > 0) {
          sum += classes * Math.log(precision[row]) / 2;
          for (int c = 0; c < classes; c++) {
            sum -= precision[row] * centred.get(row, c) * centred.get(row, c) / 2;
          }
        }
      }
      return sum;
    }

    private LabelPosterior posterior(
        CoefficientPrior prior, DenseMatrix gram, double residual, double evidence) {
      DenseMatrix covariance = prior.covariance();
      DenseMatrix smooth = basis.functions().times(prior.coefficients());
      DenseMatrix spread = basis.functions().times(covariance);
      double[] variance = new double[samples];
      for (int row = 0; row < samples; row++) {
        double smoothVariance = 0;
        for (int k = 0; k < columns; k++) {
          smoothVariance += spread.get(row, k) * basis.functions().get(row, k);
        }
        boolean answered = row < labels.samples() && labels.isAnswered(row);
        double noise = answered ? labels.variance(row) : Double.POSITIVE_INFINITY;
        // The residual about the smooth part is shrunk as Wiener shrinks: all the way where there
        // is no label.
        double trust = answered ? residual / (residual + noise) : 0;
        variance[row] = labels.spread()
            * ((1 - trust) * (1 - trust) * smoothVariance + (answered ? trust * noise : residual));
        for (int c = 0; c < classes; c++) {
          double fitted = smooth.get(row, c);
          smooth.set(row, c, centre[c] + fitted + trust * (centred.get(row, c) - fitted));
        }
      }
      double dimensions = 1;
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          dimensions += covariance.get(i, j) * gram.get(j, i);
        }
      }
      return new LabelPosterior(basis, smooth, variance, dimensions, residual, evidence);
    }
  }
}
