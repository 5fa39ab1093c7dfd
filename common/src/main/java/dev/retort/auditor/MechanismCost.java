package dev.retort.auditor;

import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a mechanism costs, worked out from its published parameters.
 *
 * @param l2Squared the largest squared L2 distance between two answers when one teacher's row is replaced
 * @param sigma the noise, at least 1
 * @param width integers an answer
 */
record MechanismCost(BigInteger l2Squared, BigInteger sigma, int width) {

  private static final BigInteger PICO = BigInteger.TEN.pow(12);
  private static final BigInteger SIGMA_LIMIT = BigInteger.ONE.shiftLeft(24);
  private static final BigInteger UNBOUNDED = BigInteger.valueOf(Long.MAX_VALUE);

  /** The cost of the mechanism that an entry describes, or empty if its parameters are out of range. */
  static Optional<MechanismCost> of(FieldReader fields) throws MalformedLogException {
    String name = fields.text("mechanism");
    BigInteger sigma = integer(fields, "sigma");
    BigInteger squared;
    BigInteger width;
    switch (name) {
      case "dgauss/1" -> {
        // All of S moves from one class to another.
        BigInteger size = integer(fields, "S");
        squared = size.pow(2).shiftLeft(1);
        width = integer(fields, "classes");
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
      case "dgauss-clipped-sum/1" -> {
        // Each coordinate goes from one end of its range to the other.
        width = integer(fields, "dimensions");
        squared =
            integer(fields, "high").subtract(integer(fields, "low")).pow(2).multiply(width);
      }
      default ->
        throw new MalformedLogException("mechanism must be one this version knows: " + name);
    }
    boolean inRange = sigma.signum() > 0
        && sigma.compareTo(SIGMA_LIMIT) < 0
        && squared.signum() > 0
        && width.signum() > 0
        && width.bitLength() < 31
        && integer(fields, "deltaSq").equals(squared);
    return inRange
        ? Optional.of(new MechanismCost(squared, sigma, width.intValueExact()))
        : Optional.empty();
  }

  /**
   * The cost in 1e-12 rho of {@code queries} answers to a unit in {@code shards} shards: L2^2 shards^2 queries / (2
   * sigma^2), rounded up; what is beyond a long counts as the largest long.
   */
  BigInteger pico(BigInteger shards, BigInteger queries) {
    BigInteger numerator = l2Squared.multiply(shards.pow(2)).multiply(queries).multiply(PICO);
    BigInteger denominator = sigma.pow(2).shiftLeft(1);
    BigInteger up = numerator.add(denominator).subtract(BigInteger.ONE).divide(denominator);
    return up.min(UNBOUNDED);
  }

  private static BigInteger integer(FieldReader fields, String name) throws MalformedLogException {
    String text = fields.text(name);
    if (!text.matches("0|-?[1-9][0-9]{0,18}")) {
      throw new MalformedLogException(name + " must be an integer: " + text);
    }
    return new BigInteger(text);
  }
}
