package dev.retort.privacy;

import java.math.BigDecimal;

/**
 * A privacy loss of rho-zCDP (Bun, Steinke 2016), counted exactly in units of 1e-12. Losses on the same records add up,
 * also when each mechanism is chosen after seeing the earlier answers.
 *
 * @param picoRho rho times 1e12, at least 0: rounded up where it is a cost, down where it is a budget
 */
public record Zcdp(long picoRho) implements Comparable<Zcdp> {

  /** No loss. */
  public static final Zcdp ZERO = new Zcdp(0);

  /** Stands for every loss of 2^63 - 1 pico-rho (rho of about 9.2 million) and more; no filter ever grants it. */
  public static final Zcdp UNBOUNDED = new Zcdp(Long.MAX_VALUE);

  /** Pico-rho in one rho. */
  public static final long PICO_PER_RHO = 1_000_000_000_000L;

  public Zcdp {
    if (picoRho < 0) {
      throw new IllegalArgumentException("picoRho must be >= 0: " + picoRho);
    }
  }

  /**
   * The loss of both.
   *
   * @throws ArithmeticException if it leaves the range of a long; it never wraps
   */
  public Zcdp plus(Zcdp other) {
    return new Zcdp(Math.addExact(picoRho, other.picoRho));
  }

  /** The loss of both, {@link #UNBOUNDED} where it leaves the range of a long: for plans and reports, which charge nobody. */
  public Zcdp plusOrUnbounded(Zcdp other) {
    return other.compareTo(UNBOUNDED.minus(this)) >= 0 ? UNBOUNDED : plus(other);
  }

  /**
   * What is left of this after {@code other}.
   *
   * @throws IllegalArgumentException if {@code other} is the larger
   */
  public Zcdp minus(Zcdp other) {
    return new Zcdp(picoRho - other.picoRho);
  }

  /** Rho as the nearest double: for reports, never for decisions. */
  public double rho() {
    return (double) picoRho / PICO_PER_RHO;
  }

  @Override
  public int compareTo(Zcdp other) {
    return Long.compare(picoRho, other.picoRho);
  }

  /** Rho in decimals, such as {@code rho 0.024355970359}. */
  @Override
  public String toString() {
    return "rho " + BigDecimal.valueOf(picoRho, 12).toPlainString();
  }
}
