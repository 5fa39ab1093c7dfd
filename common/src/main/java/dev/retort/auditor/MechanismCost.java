package dev.retort.auditor;

import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a mechanism costs, worked out from its published parameters.
 *
 * @param l2Squared the largest squared L2 distance between two answers when one teacher's row is replaced
 * @param sigma the noise of one contribution, at least 1
 * @param width integers an answer
 * @param sum of which contributions, if only a sum of several is seen
 */
record MechanismCost(BigInteger l2Squared, BigInteger sigma, int width, Optional<Sum> sum) {

  /**
   * A sum of contributions.
   *
   * @param contributors how many have noise that is certain and unknown
   * @param l1 the largest L1 distance, as {@code l2Squared}
   */
  record Sum(BigInteger contributors, BigInteger l1) {}

  private static final BigInteger PICO = BigInteger.TEN.pow(12);
  private static final BigInteger SIGMA_LIMIT = BigInteger.ONE.shiftLeft(24);
  private static final BigInteger MOST_BITS = BigInteger.valueOf(1024);
  private static final BigInteger UNBOUNDED = BigInteger.valueOf(Long.MAX_VALUE);

  /** The cost of the mechanism that an entry describes, or empty if its parameters are out of range. */
  static Optional<MechanismCost> of(FieldReader fields) throws MalformedLogException {
    String name = fields.text("mechanism");
    BigInteger sigma = integer(fields, "sigma");
    BigInteger squared;
    BigInteger width;
    Optional<Sum> sum = Optional.empty();
    switch (name) {
      case "dgauss/1" -> {
        // All of S moves from one class to another.
        BigInteger size = integer(fields, "S");
        squared = size.pow(2).shiftLeft(1);
        width = integer(fields, "classes");
      }
      case "dgauss-sum/1" -> {
        BigInteger size = integer(fields, "S");
        squared = size.pow(2).shiftLeft(1);
        width = integer(fields, "classes");
        sum = Optional.of(new Sum(integer(fields, "contributors"), size.shiftLeft(1)));
      }
      case "dgauss-multilabel/1" -> {
        // Each bit flips.
        width = integer(fields, "labels");
        squared = width;
      }
      case "dgauss-features/1" -> {
        // From one end of the ball to the other.
        width = integer(fields, "dimensions");
        squared = integer(fields, "norm").shiftLeft(1).pow(2);
      }
      case "dgauss-features-sum/1" -> {
        width = integer(fields, "dimensions");
        squared = integer(fields, "norm").shiftLeft(1).pow(2);
        sum = Optional.of(new Sum(integer(fields, "contributors"), ballL1(squared, width)));
      }
      case "dgauss-clipped-sum/1" -> {
        // Each coordinate goes from one end of its range to the other.
        width = integer(fields, "dimensions");
        squared =
            integer(fields, "high").subtract(integer(fields, "low")).pow(2).multiply(width);
      }
      case "dgauss-hints/1", "dgauss-hints-sum/1" -> {
        // A label moves from class to class, and a hint from one end of the ball to the other.
        BigInteger size = integer(fields, "S").multiply(integer(fields, "weight"));
        BigInteger dimensions = integer(fields, "dimensions");
        BigInteger ball = integer(fields, "norm").shiftLeft(1).pow(2);
        squared = size.pow(2).shiftLeft(1).add(ball);
        width = integer(fields, "classes").add(dimensions);
        if (name.equals("dgauss-hints-sum/1")) {
          sum = Optional.of(new Sum(
              integer(fields, "contributors"), size.shiftLeft(1).add(ballL1(ball, dimensions))));
        }
      }
      default ->
        throw new MalformedLogException("mechanism must be one this version knows: " + name);
    }
    boolean inRange = sigma.signum() > 0
        && sigma.compareTo(SIGMA_LIMIT) < 0
        && squared.signum() > 0
        && width.signum() > 0
        && width.bitLength() < 31
        && sum.map(of -> of.contributors().signum() > 0 && sigma.compareTo(BigInteger.ONE) > 0)
            .orElse(true)
        && integer(fields, "deltaSq").equals(squared);
    return inRange
        ? Optional.of(new MechanismCost(squared, sigma, width.intValueExact(), sum))
        : Optional.empty();
  }

  /** The largest L1 distance of two points of a ball: sqrt(width) times that in L2, rounded up. */
  private static BigInteger ballL1(BigInteger squared, BigInteger width) {
    BigInteger[] root = squared.multiply(width).max(BigInteger.ZERO).sqrtAndRemainder();
    return root[1].signum() == 0 ? root[0] : root[0].add(BigInteger.ONE);
  }

  /**
   * The cost in 1e-12 rho of {@code queries} answers to a unit in {@code shards} shards: L2^2 shards^2 queries / (2
   * sigma^2), rounded up; what is beyond a long counts as the largest long. For a sum, with V = contributors sigma^2 in
   * the place of sigma^2, each query costs tau L1 shards / floor(sqrt(V)) + tau^2 width / 2 more, with tau = 10
   * (contributors - 1) 2^-min(14 sigma^2, 1024) (Kairouz, Liu, Steinke 2021, Theorem 1).
   */
  BigInteger pico(BigInteger shards, BigInteger queries) {
    BigInteger variance = sigma.pow(2).multiply(sum.map(Sum::contributors).orElse(BigInteger.ONE));
    Fraction rho = new Fraction(l2Squared.multiply(shards.pow(2)), variance.shiftLeft(1));
    if (sum.isPresent()) {
      int bits = sigma.pow(2).multiply(BigInteger.valueOf(14)).min(MOST_BITS).intValueExact();
      Fraction tau = new Fraction(
          sum.get().contributors().subtract(BigInteger.ONE).multiply(BigInteger.TEN),
          BigInteger.ONE.shiftLeft(bits));
      rho = rho.plus(tau.times(new Fraction(sum.get().l1().multiply(shards), variance.sqrt())))
          .plus(tau.times(tau).times(new Fraction(BigInteger.valueOf(width), BigInteger.TWO)));
    }
    return rho.times(new Fraction(queries.multiply(PICO), BigInteger.ONE))
        .roundedUp()
        .min(UNBOUNDED);
  }

  /** A fraction of integers at least 0, not reduced; its denominator above 0. */
  private record Fraction(BigInteger numerator, BigInteger denominator) {

    Fraction plus(Fraction other) {
      return new Fraction(
          numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
          denominator.multiply(other.denominator));
    }

    Fraction times(Fraction other) {
      return new Fraction(
          numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    BigInteger roundedUp() {
      return numerator.add(denominator).subtract(BigInteger.ONE).divide(denominator);
    }
  }

  private static BigInteger integer(FieldReader fields, String name) throws MalformedLogException {
    String text = fields.text(name);
    if (!text.matches("0|-?[1-9][0-9]{0,18}")) {
      throw new MalformedLogException(name + " must be an integer: " + text);
    }
    return new BigInteger(text);
  }
}
