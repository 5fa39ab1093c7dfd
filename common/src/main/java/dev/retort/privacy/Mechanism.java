package dev.retort.privacy;

import dev.retort.label.LabelGrid;
import dev.retort.noise.DiscreteGaussian;
import java.math.BigInteger;

/**
 * A way of answering queries with noise, and what it costs.
 *
 * <p>The privacy unit lies in one shard, the shard trains one teacher, and neighbouring data sets differ by replacing
 * all that one unit contributed; so exactly one teacher's label changes, to any other label of the grid. Sensitivity
 * follows from the mechanism; nobody types it in.
 */
public sealed interface Mechanism {

  /** The mechanism's name and version in ledgers and digests, such as {@code dgauss/1}. */
  String name();

  /** The largest squared L2 distance between one query's answers on neighbouring data sets, without noise. */
  long l2Squared();

  /** The cost of {@code queries} answers, rounded up once; {@link Zcdp#UNBOUNDED} if it leaves the range of a long. */
  Zcdp cost(int queries);

  /**
   * The whole histogram of integer labels, each entry with discrete Gaussian noise: (S^2 / sigma^2)-zCDP a query
   * (Canonne, Kamath, Steinke 2020, Theorem 14, with L2^2 = 2 S^2). Publishing all of it costs no more than its arg max.
   *
   * @param grid the grid of one teacher's label
   * @param classes entries of the histogram, at least 2; does not enter the cost
   * @param sigma noise in grid units, in [1, 2^24)
   */
  record DiscreteGaussianHistogram(LabelGrid grid, int classes, int sigma) implements Mechanism {

    public DiscreteGaussianHistogram {
      if (classes < 2) {
        throw new IllegalArgumentException("classes must be >= 2: " + classes);
      }
      if (sigma < 1 || sigma >= DiscreteGaussian.SIGMA_LIMIT) {
        throw new IllegalArgumentException(
            "sigma must be in [1, " + DiscreteGaussian.SIGMA_LIMIT + "): " + sigma);
      }
    }

    @Override
    public String name() {
      return "dgauss/1";
    }

    // Two labels of the grid are S times points of the simplex, which lie at most sqrt(2) apart
    // (two of its corners).
    @Override
    public long l2Squared() {
      return 2L * grid.size() * grid.size();
    }

    // rho = L2^2 / (2 sigma^2) a query.
    @Override
    public Zcdp cost(int queries) {
      if (queries < 1) {
        throw new IllegalArgumentException("queries must be >= 1: " + queries);
      }
      BigInteger numerator = BigInteger.valueOf(l2Squared())
          .multiply(BigInteger.valueOf(queries))
          .multiply(BigInteger.valueOf(Zcdp.PICO_PER_RHO));
      BigInteger[] quotient = numerator.divideAndRemainder(BigInteger.valueOf(2L * sigma * sigma));
      BigInteger picoRho =
          quotient[1].signum() == 0 ? quotient[0] : quotient[0].add(BigInteger.ONE);
      return picoRho.bitLength() < Long.SIZE ? new Zcdp(picoRho.longValueExact()) : Zcdp.UNBOUNDED;
    }

    /** The noise added to each entry. */
    public DiscreteGaussian noise() {
      return new DiscreteGaussian(sigma);
    }
  }
}
