package dev.retort.accounting;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One query answered with noise, as the accountants see it. Neighbouring data sets differ by replacing all that one
 * privacy unit contributed, except for {@link SampledGaussian}, whose neighbours differ by one record added or removed.
 */
public sealed interface NoiseEvent {

  /**
   * Continuous Gaussian noise on every coordinate.
   *
   * @param sigma standard deviation, above 0
   * @param l2Squared squared L2 sensitivity of the query, above 0
   */
  record Gaussian(double sigma, double l2Squared) implements NoiseEvent {
    public Gaussian {
      Checks.positive("sigma", sigma);
      Checks.positive("l2-squared", l2Squared);
    }
  }

  /**
   * Discrete Gaussian noise on every coordinate of an integer query (Canonne, Kamath, Steinke 2020).
   *
   * @param sigma the parameter of exp(-x^2 / (2 sigma^2)), above 0
   * @param change the integers by which the worst pair of neighbours moves the query's coordinates: not all 0
   */
  record DiscreteGaussian(double sigma, List<Long> change) implements NoiseEvent {

    /** The largest entry of a change. */
    public static final long MAX_CHANGE = 1L << 24;

    public DiscreteGaussian {
      Checks.positive("sigma", sigma);
      change = change.stream().filter(entry -> entry != 0).toList();
      if (change.isEmpty()
          || change.stream().anyMatch(entry -> entry < -MAX_CHANGE || entry > MAX_CHANGE)) {
        throw new IllegalArgumentException(
            "change must hold integers within +-" + MAX_CHANGE + ", one of them not 0: " + change);
      }
    }

    /** The squared L2 length of the change. */
    double l2Squared() {
      return change.stream().mapToDouble(entry -> (double) entry * entry).sum();
    }
  }

  /**
   * Discrete Gaussian noise on every coordinate of an integer query of whose change only the length is known.
   *
   * @param sigma the parameter of exp(-x^2 / (2 sigma^2)), above 0
   * @param l2Squared squared L2 sensitivity of the query, a whole number of at least 1
   */
  record DiscreteGaussianOfLength(double sigma, double l2Squared) implements NoiseEvent {
    public DiscreteGaussianOfLength {
      Checks.positive("sigma", sigma);
      Checks.positive("l2-squared", l2Squared);
      if (l2Squared != Math.rint(l2Squared) || l2Squared >= 0x1p53) {
        throw new IllegalArgumentException(
            "l2-squared must be a whole number below 2^53 for discrete-gaussian: " + l2Squared);
      }
    }

    /** The change itself, where its length leaves only one, up to signs and order: below 4. */
    Optional<DiscreteGaussian> onlyChange() {
      return l2Squared < 4
          ? Optional.of(new DiscreteGaussian(sigma, Collections.nCopies((int) l2Squared, 1L)))
          : Optional.empty();
    }
  }

  /**
   * Laplace noise on every coordinate.
   *
   * @param scale b of exp(-|x| / b), above 0
   * @param change by how much the worst pair of neighbours moves each coordinate: not all 0
   */
  record Laplace(double scale, List<Double> change) implements NoiseEvent {
    public Laplace {
      Checks.positive("b", scale);
      change = change.stream().map(Math::abs).filter(entry -> entry != 0).toList();
      change.forEach(entry -> Checks.positive("change", entry));
      if (change.isEmpty()) {
        throw new IllegalArgumentException("change must not be all 0");
      }
    }
  }

  /**
   * Gaussian noise on a query over a Poisson sample of the records (Mironov, Talwar, Zhang 2019). Nobody may learn which
   * records were sampled.
   *
   * @param sigma standard deviation, above 0
   * @param l2Squared squared L2 norm of one record's contribution, above 0
   * @param rate the probability q with which each record is sampled, in (0, 1]
   */
  record SampledGaussian(double sigma, double l2Squared, double rate) implements NoiseEvent {
    public SampledGaussian {
      Checks.positive("sigma", sigma);
      Checks.positive("l2-squared", l2Squared);
      if (!(rate > 0) || !(rate <= 1)) {
        throw new IllegalArgumentException("q must be in (0, 1]: " + rate);
      }
    }

    /** The noise in units of one record's contribution. */
    double noiseMultiplier() {
      return sigma / Math.sqrt(l2Squared);
    }
  }
}
