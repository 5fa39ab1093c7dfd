package dev.retort.accounting;

import java.util.List;

/** The loss laws of continuous noise. */
final class LossLaws {

  /** Beyond this many standard deviations a normal distribution has no mass that a double could hold. */
  static final double REACH = 38.5;

  private static final double SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

  private LossLaws() {}

  /** An upper bound on a normal distribution's mass beyond {@code reach} standard deviations, on both sides. */
  static double normalTail(double reach) {
    return Math.exp(-reach * reach / 2) + 1e-300;
  }

  private static double normalDensity(double x) {
    return Math.exp(-x * x / 2) / SQRT_TWO_PI;
  }

  /**
   * Gaussian noise: the loss is normal with mean mu^2/2 and standard deviation mu, and alike in both directions.
   *
   * @param mu L2 sensitivity over standard deviation
   */
  record Gaussian(double mu) implements LossLaw {

    @Override
    public double from(double reach) {
      return -reach;
    }

    @Override
    public double to(double reach) {
      return reach;
    }

    @Override
    public double unreached(double reach) {
      return normalTail(reach);
    }

    @Override
    public double scale() {
      return 1;
    }

    @Override
    public double density(double outcome) {
      return normalDensity(outcome);
    }

    @Override
    public double loss(double outcome) {
      return mu * outcome + mu * mu / 2;
    }

    @Override
    public double outcome(double loss) {
      return loss / mu - mu / 2;
    }
  }

  /**
   * Laplace noise on one coordinate that moves by epsilon times the scale; alike in both directions. The outcome is the
   * loss itself.
   */
  record Laplace(double epsilon) implements LossLaw {

    @Override
    public double from(double reach) {
      return -epsilon;
    }

    @Override
    public double to(double reach) {
      return epsilon;
    }

    @Override
    public double unreached(double reach) {
      return 0;
    }

    @Override
    public double scale() {
      return Math.max(1, 2 * epsilon);
    }

    @Override
    public double density(double outcome) {
      return Math.exp((outcome - epsilon) / 2) / 4;
    }

    @Override
    public double loss(double outcome) {
      return outcome;
    }

    @Override
    public double outcome(double loss) {
      return loss;
    }

    @Override
    public List<Atom> atoms() {
      double below = Math.exp(-epsilon) / 2;
      return below > 0
          ? List.of(new Atom(epsilon, 0.5), new Atom(-epsilon, below))
          : List.of(new Atom(epsilon, 0.5));
    }
  }

  /**
   * Poisson-sampled Gaussian noise, the record being in the data set from which x is drawn: P = (1-q) N(0, s^2) + q N(1,
   * s^2), Q = N(0, s^2).
   */
  record SampledRemove(double sigma, double rate) implements LossLaw {

    @Override
    public double from(double reach) {
      return -reach * sigma;
    }

    @Override
    public double to(double reach) {
      return 1 + reach * sigma;
    }

    @Override
    public double unreached(double reach) {
      return normalTail(reach);
    }

    @Override
    public double scale() {
      return sigma;
    }

    @Override
    public double density(double x) {
      return ((1 - rate) * normalDensity(x / sigma) + rate * normalDensity((x - 1) / sigma))
          / sigma;
    }

    @Override
    public double loss(double x) {
      return sampledLoss(sigma, rate, x);
    }

    @Override
    public double outcome(double loss) {
      return sampledOutcome(sigma, rate, loss);
    }
  }

  /** The other direction: P = N(0, s^2), Q = (1-q) N(0, s^2) + q N(1, s^2). The outcome is -x, for the loss to rise. */
  record SampledAdd(double sigma, double rate) implements LossLaw {

    @Override
    public double from(double reach) {
      return -reach * sigma;
    }

    @Override
    public double to(double reach) {
      return reach * sigma;
    }

    @Override
    public double unreached(double reach) {
      return normalTail(reach);
    }

    @Override
    public double scale() {
      return sigma;
    }

    @Override
    public double density(double outcome) {
      return normalDensity(outcome / sigma) / sigma;
    }

    @Override
    public double loss(double outcome) {
      return -sampledLoss(sigma, rate, -outcome);
    }

    @Override
    public double outcome(double loss) {
      return -sampledOutcome(sigma, rate, -loss);
    }
  }

  private static double sampledLoss(double sigma, double rate, double x) {
    double exponent = (2 * x - 1) / (2 * sigma * sigma);
    return exponent > 700
        ? Math.log(rate) + exponent + Math.log1p((1 - rate) / rate * Math.exp(-exponent))
        : Math.log1p(rate * Math.expm1(exponent));
  }

  private static double sampledOutcome(double sigma, double rate, double loss) {
    // e^loss = 1 - q + q e^exponent.
    double exponent =
        loss > 700 ? loss - Math.log(rate) : Math.log1p(Math.max(-1, Math.expm1(loss) / rate));
    return exponent * sigma * sigma + 0.5;
  }
}
