package dev.retort.privacy;

import dev.retort.label.LabelGrid;
import dev.retort.noise.DiscreteGaussian;
import java.math.BigInteger;

/**
 * A way of answering queries with noise, and what it costs. Every teacher answers a query with a row of integers from a
 * public set; the rows are added up, and each entry of the sum gets an independent draw of the exact discrete Gaussian.
 *
 * <p>Adjacency is replace-one: neighbouring data sets differ by replacing all that one {@link PrivacyUnit} contributed;
 * the count of teachers is public and the same. A unit whose records lie in k shards changes at most k teachers' rows,
 * each to any other row of the set. Sensitivity follows from mechanism and unit; nobody types it in. Parameters are
 * bounded so that one teacher's sensitivity always fits a long.
 */
public sealed interface Mechanism
    permits Mechanism.DiscreteGaussianHistogram,
        Mechanism.DiscreteGaussianMultiLabel,
        Mechanism.DiscreteGaussianFeatures,
        Mechanism.DiscreteGaussianClippedSum,
        DiscreteGaussianHints,
        SummedMechanism {

  /** The most entries of a row that are not classes. */
  int MAX_WIDTH = 1 << 16;

  /** The largest bound on a value or a norm, in grid units. */
  int MAX_BOUND = 1 << 22;

  /** The least noise of a node's part of a sum: below it a sum of discrete Gaussians is too far from one. */
  int SMALLEST_SUMMED_SIGMA = 2;

  /** The mechanism's name and version in ledgers and digests, such as {@code dgauss/1}. */
  String name();

  /** Entries of a row, at least 1. */
  int width();

  /** The noise in grid units, in [1, 2^24). */
  int sigma();

  /** How far one query's exact answer moves when one teacher's row is replaced. */
  Sensitivity sensitivity();

  /** The largest absolute value that an entry of an exact sum over {@code teachers} teachers can have. */
  long largestEntry(int teachers);

  /**
   * Checks exact sums before noise is added: they must be sums of {@code teachers} rows of this mechanism, as far as a
   * sum can tell. The sensitivity rests on it.
   *
   * @param sums whole rows, one after another
   * @throws IllegalStateException if a row cannot be such a sum; the message holds public values alone
   */
  void requireExact(int teachers, int[] sums);

  /**
   * How far one query's exact answer moves when all that one unit contributed is replaced.
   *
   * @throws ArithmeticException if it leaves the range of a long; it never wraps
   */
  default Sensitivity sensitivity(PrivacyUnit unit) {
    return sensitivity().times(unit.shards());
  }

  /** The largest squared L2 distance between one query's answers, without noise, when one teacher's row is replaced. */
  default long l2Squared() {
    return sensitivity().l2Squared();
  }

  /** Whether an answer protects only together with others', so that nobody may see it by itself. */
  default boolean hidesAnswers() {
    return false;
  }

  /** The noise added to each entry. */
  default DiscreteGaussian noise() {
    return new DiscreteGaussian(sigma());
  }

  /**
   * The cost of {@code queries} answers to a unit, rounded up once: rho = L2^2 / (2 sigma^2) a query (Canonne, Kamath,
   * Steinke 2020, Theorem 14), with the L2 distance of the unit. {@link Zcdp#UNBOUNDED} if it leaves the range of a long.
   *
   * @param queries at least 1
   */
  default Zcdp cost(PrivacyUnit unit, int queries) {
    if (queries < 1) {
      throw new IllegalArgumentException("queries must be >= 1: " + queries);
    }
    // Beyond a long the cost is unbounded, which no filter grants; so this need not throw.
    BigInteger numerator = BigInteger.valueOf(l2Squared())
        .multiply(BigInteger.valueOf(unit.shards()).pow(2))
        .multiply(BigInteger.valueOf(queries))
        .multiply(BigInteger.valueOf(Zcdp.PICO_PER_RHO));
    BigInteger[] quotient =
        numerator.divideAndRemainder(BigInteger.valueOf(2L * sigma() * sigma()));
    BigInteger picoRho = quotient[1].signum() == 0 ? quotient[0] : quotient[0].add(BigInteger.ONE);
    return picoRho.bitLength() < Long.SIZE ? new Zcdp(picoRho.longValueExact()) : Zcdp.UNBOUNDED;
  }

  /** The cost of {@code queries} answers to a unit that lies in one shard. */
  default Zcdp cost(int queries) {
    return cost(PrivacyUnit.ofOneShard("unit"), queries);
  }

  /**
   * The whole histogram of integer labels: (S^2 / sigma^2)-zCDP a query. Publishing all of it costs no more than its
   * arg max.
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
      requireSigma(sigma);
    }

    @Override
    public String name() {
      return "dgauss/1";
    }

    @Override
    public int width() {
      return classes;
    }

    // Two labels of the grid are S times points of the simplex. They lie farthest apart at two of
    // its corners: S in each
    // of two entries.
    @Override
    public Sensitivity sensitivity() {
      long size = grid.size();
      return new Sensitivity(2 * size, 2 * size * size, size);
    }

    @Override
    public long largestEntry(int teachers) {
      return (long) teachers * grid.size();
    }

    @Override
    public void requireExact(int teachers, int[] sums) {
      long expected = largestEntry(teachers);
      for (int from = 0; from < sums.length; from += classes) {
        long sum = 0;
        for (int c = 0; c < classes; c++) {
          int entry = sums[from + c];
          if (entry < 0) {
            throw new IllegalStateException("histogram must have no negative entry");
          }
          sum += entry;
        }
        if (sum != expected) {
          throw new IllegalStateException(
              "histogram must sum to teachers * labelGrid = " + expected + " a sample");
        }
      }
    }
  }

  /**
   * How many teachers set each bit of a multi-label answer; a teacher sets each of L bits as it likes.
   *
   * @param labels the bits L of an answer, in [1, 65536]
   * @param sigma noise in votes, in [1, 2^24)
   */
  record DiscreteGaussianMultiLabel(int labels, int sigma) implements Mechanism {

    public DiscreteGaussianMultiLabel {
      requireWidth("labels", labels);
      requireSigma(sigma);
    }

    @Override
    public String name() {
      return "dgauss-multilabel/1";
    }

    @Override
    public int width() {
      return labels;
    }

    // Every bit may flip, each by one vote.
    @Override
    public Sensitivity sensitivity() {
      return new Sensitivity(labels, labels, 1);
    }

    @Override
    public long largestEntry(int teachers) {
      return teachers;
    }

    @Override
    public void requireExact(int teachers, int[] sums) {
      requireRange(sums, 0, teachers, "votes for a bit must be in [0, teachers]");
    }
  }

  /**
   * The sum of feature vectors in fixed point, each clipped to an L2 norm.
   *
   * @param dimensions entries of a vector, in [1, 65536]
   * @param norm the largest L2 norm B of one teacher's integer vector, in grid units, in [1, 2^22]
   * @param sigma noise in grid units, in [1, 2^24)
   */
  record DiscreteGaussianFeatures(int dimensions, int norm, int sigma) implements Mechanism {

    public DiscreteGaussianFeatures {
      requireWidth("dimensions", dimensions);
      if (norm < 1 || norm > MAX_BOUND) {
        throw new IllegalArgumentException("norm must be in [1, " + MAX_BOUND + "]: " + norm);
      }
      requireSigma(sigma);
    }

    @Override
    public String name() {
      return "dgauss-features/1";
    }

    @Override
    public int width() {
      return dimensions;
    }

    // Two points of a ball lie at most its diameter, 2 B, apart; in L1 at most sqrt(d) times that.
    @Override
    public Sensitivity sensitivity() {
      long diameter = 2L * norm;
      long l1Squared = Math.multiplyExact(diameter * diameter, (long) dimensions);
      BigInteger[] root = BigInteger.valueOf(l1Squared).sqrtAndRemainder();
      long l1 = root[0].longValueExact() + (root[1].signum() == 0 ? 0 : 1);
      return new Sensitivity(l1, diameter * diameter, diameter);
    }

    @Override
    public long largestEntry(int teachers) {
      return (long) teachers * norm;
    }

    @Override
    public void requireExact(int teachers, int[] sums) {
      long longest = largestEntry(teachers);
      BigInteger limit = BigInteger.valueOf(longest).pow(2);
      for (int from = 0; from < sums.length; from += dimensions) {
        BigInteger squares = BigInteger.ZERO;
        for (int i = 0; i < dimensions; i++) {
          long entry = sums[from + i];
          squares = squares.add(BigInteger.valueOf(entry * entry));
        }
        if (squares.compareTo(limit) > 0) {
          throw new IllegalStateException(
              "sum of feature vectors must have L2 norm <= teachers * norm = " + longest);
        }
      }
    }
  }

  /**
   * The sum of integer values, each coordinate clipped to [low, high].
   *
   * @param dimensions coordinates of an answer, in [1, 65536]
   * @param low the least value of one teacher's coordinate, in [-2^22, 2^22]
   * @param high the greatest, above {@code low}, at most 2^22
   * @param sigma noise in grid units, in [1, 2^24)
   */
  record DiscreteGaussianClippedSum(int dimensions, int low, int high, int sigma)
      implements Mechanism {

    public DiscreteGaussianClippedSum {
      requireWidth("dimensions", dimensions);
      if (low < -MAX_BOUND || high > MAX_BOUND || low >= high) {
        throw new IllegalArgumentException("low and high must be in [-" + MAX_BOUND + ", "
            + MAX_BOUND + "], low below high: " + low + ", " + high);
      }
      requireSigma(sigma);
    }

    @Override
    public String name() {
      return "dgauss-clipped-sum/1";
    }

    @Override
    public int width() {
      return dimensions;
    }

    // Every coordinate may go from one end of its range to the other.
    @Override
    public Sensitivity sensitivity() {
      long range = (long) high - low;
      return new Sensitivity(
          Math.multiplyExact(range, (long) dimensions),
          Math.multiplyExact(range * range, (long) dimensions),
          range);
    }

    @Override
    public long largestEntry(int teachers) {
      return teachers * Math.max(Math.abs((long) low), Math.abs((long) high));
    }

    @Override
    public void requireExact(int teachers, int[] sums) {
      requireRange(
          sums,
          (long) teachers * low,
          (long) teachers * high,
          "sum of clipped values must be in teachers * [low, high]");
    }
  }

  /**
   * A node's part of a histogram of integer labels of which only the sum over many nodes is ever seen.
   *
   * @param grid the grid of one teacher's label
   * @param classes entries of the histogram, at least 2
   * @param sigma each node's own noise in grid units, in [2, 2^24)
   * @param contributors honest nodes whose noise is certain to be in the sum, at least 1
   */
  record SummedHistogram(LabelGrid grid, int classes, int sigma, int contributors)
      implements SummedMechanism {

    public SummedHistogram {
      if (classes < 2) {
        throw new IllegalArgumentException("classes must be >= 2: " + classes);
      }
      requireSigma(sigma);
      SumCost.require(sigma, contributors);
    }

    @Override
    public DiscreteGaussianHistogram alone() {
      return new DiscreteGaussianHistogram(grid, classes, sigma);
    }

    @Override
    public String name() {
      return "dgauss-sum/1";
    }
  }

  /**
   * A node's part of a sum of feature vectors of which only the sum over many nodes is ever seen: what {@link
   * SummedHistogram} is to labels, at the same cost in terms of its own distances.
   *
   * @param dimensions entries of a vector, in [1, 65536]
   * @param norm the largest L2 norm B of one integer vector, in grid units, in [1, 2^22]
   * @param sigma each node's own noise in grid units, in [2, 2^24)
   * @param contributors honest nodes whose noise is certain to be in the sum, at least 1
   */
  record SummedFeatures(int dimensions, int norm, int sigma, int contributors)
      implements SummedMechanism {

    public SummedFeatures {
      new DiscreteGaussianFeatures(dimensions, norm, sigma);
      SumCost.require(sigma, contributors);
    }

    @Override
    public DiscreteGaussianFeatures alone() {
      return new DiscreteGaussianFeatures(dimensions, norm, sigma);
    }

    @Override
    public String name() {
      return "dgauss-features-sum/1";
    }
  }

  private static void requireSigma(int sigma) {
    if (sigma < 1 || sigma >= DiscreteGaussian.SIGMA_LIMIT) {
      throw new IllegalArgumentException(
          "sigma must be in [1, " + DiscreteGaussian.SIGMA_LIMIT + "): " + sigma);
    }
  }

  private static void requireWidth(String name, int width) {
    if (width < 1 || width > MAX_WIDTH) {
      throw new IllegalArgumentException(name + " must be in [1, " + MAX_WIDTH + "]: " + width);
    }
  }

  private static void requireRange(int[] sums, long least, long most, String rule) {
    for (int sum : sums) {
      if (sum < least || sum > most) {
        throw new IllegalStateException(rule);
      }
    }
  }
}
