package dev.retort.accounting;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.privacy.Conversion;
import java.util.List;

/**
 * The ways of bounding what a campaign of queries alike costs, from the loosest to the tightest. All give upper bounds;
 * {@link #ZCDP} alone is what a node's filter enforces, and alone holds where queries and noise are chosen adaptively.
 */
public enum CampaignAccountant {

  /** Zero-concentrated differential privacy, converted by Canonne, Kamath, Steinke 2020, Proposition 12. */
  ZCDP {
    @Override
    double bound(NoiseEvent event, long count, double delta) throws UnsupportedNoiseException {
      return Conversion.epsilon((double) count * rho(event), delta);
    }
  },

  /** Renyi differential privacy at the best order. */
  RDP {
    @Override
    double bound(NoiseEvent event, long count, double delta) {
      RenyiCurve one = RenyiCurves.of(event);
      double times = (double) count;
      return RenyiConversion.epsilon(
          order -> times * one.at(order), RenyiCurves.largestOrder(event), delta);
    }
  },

  /** The exact curve of Gaussian noise, and for discrete Gaussian noise that of the Gaussian hidden in it. */
  GDP {
    @Override
    double bound(NoiseEvent event, long count, double delta) throws UnsupportedNoiseException {
      double times = (double) count;
      if (event instanceof Gaussian gaussian) {
        return GaussianDp.epsilon(
            Math.sqrt(times * gaussian.l2Squared()) / gaussian.sigma() * (1 + 0x1p-51), delta);
      }
      if (event instanceof DiscreteGaussian discrete) {
        return hidden(
            discrete.sigma(),
            new AnswerChange(
                times * discrete.change().stream().mapToDouble(Math::abs).sum(),
                times * discrete.l2Squared(),
                Math.multiplyExact(count, discrete.change().size())),
            delta);
      }
      if (event instanceof DiscreteGaussianOfLength discrete) {
        // An integer change moves no more coordinates, and is no longer in L1, than its squared
        // length.
        double most = times * discrete.l2Squared();
        return hidden(discrete.sigma(), new AnswerChange(most, most, (long) most), delta);
      }
      if (event instanceof SampledGaussian sampled && sampled.rate() == 1) {
        return GDP.bound(new Gaussian(sampled.sigma(), sampled.l2Squared()), count, delta);
      }
      throw new UnsupportedNoiseException("accountant must not be gdp for "
          + (event instanceof Laplace ? "laplace" : "sampled-gaussian")
          + ", which has no Gaussian curve; use rdp or pld");
    }

    private double hidden(double sigma, AnswerChange change, double delta)
        throws UnsupportedNoiseException {
      double epsilon = HiddenGaussian.epsilon(change, sigma * sigma, 0, delta);
      if (epsilon == Double.POSITIVE_INFINITY) {
        throw new UnsupportedNoiseException("sigma must be > 1.5 for gdp with discrete-gaussian: "
            + sigma + "; use zcdp, rdp or pld");
      }
      return epsilon;
    }
  },

  /** The privacy-loss distribution, or Renyi differential privacy where that says less. */
  PLD {
    @Override
    double bound(NoiseEvent event, long count, double delta) throws UnsupportedNoiseException {
      if (event instanceof DiscreteGaussianOfLength discrete) {
        DiscreteGaussian only = discrete
            .onlyChange()
            .orElseThrow(() -> new UnsupportedNoiseException(
                "change must be given for pld with discrete-gaussian where l2-squared is above 3, since its length"
                    + " alone does not fix the distribution; give it, or use zcdp, rdp or gdp"));
        return bound(only, count, delta);
      }
      return Math.min(
          PrivacyLossDistribution.of(event, count).epsilon(delta), RDP.bound(event, count, delta));
    }
  };

  abstract double bound(NoiseEvent event, long count, double delta)
      throws UnsupportedNoiseException;

  /**
   * An upper bound on the epsilon of {@code count} events at {@code delta}, at least 0.
   *
   * @param count at least 1
   * @param delta in [1e-200, 1)
   * @throws UnsupportedNoiseException if this accountant has no bound for the event; the message says which has
   */
  public double epsilon(NoiseEvent event, long count, double delta)
      throws UnsupportedNoiseException {
    Checks.positive("count", count);
    Checks.probability("delta", delta);
    return bound(event, count, delta);
  }

  /**
   * The bound of {@link #RDP} over given orders alone.
   *
   * @param orders each above 1 and finite
   */
  public static double epsilon(NoiseEvent event, long count, double delta, List<Double> orders) {
    Checks.positive("count", count);
    Checks.probability("delta", delta);
    for (double order : orders) {
      if (!(order > 1) || Double.isInfinite(order)) {
        throw new IllegalArgumentException("orders must be > 1 and finite: " + order);
      }
    }
    RenyiCurve one = RenyiCurves.of(event);
    double times = (double) count;
    return RenyiConversion.epsilon(order -> times * one.at(order), orders, delta);
  }

  /**
   * An upper bound on rho of one event.
   *
   * @throws UnsupportedNoiseException if the event is a sampled one: zCDP gains nothing by sampling
   */
  public static double rho(NoiseEvent event) throws UnsupportedNoiseException {
    double rho;
    if (event instanceof Gaussian gaussian) {
      rho = gaussian.l2Squared() / (2 * gaussian.sigma() * gaussian.sigma());
    } else if (event instanceof DiscreteGaussian discrete) {
      rho = discrete.l2Squared() / (2 * discrete.sigma() * discrete.sigma());
    } else if (event instanceof DiscreteGaussianOfLength discrete) {
      rho = discrete.l2Squared() / (2 * discrete.sigma() * discrete.sigma());
    } else if (event instanceof Laplace laplace) {
      // Pure epsilon-DP is epsilon^2 / 2 zCDP (Bun, Steinke 2016, Proposition 1.4).
      rho = laplace.change().stream()
          .mapToDouble(change -> change / laplace.scale() * (change / laplace.scale()) / 2)
          .sum();
    } else if (event instanceof SampledGaussian sampled && sampled.rate() == 1) {
      rho = 1 / (2 * sampled.noiseMultiplier() * sampled.noiseMultiplier());
    } else {
      throw new UnsupportedNoiseException(
          "accountant must not be zcdp for sampled-gaussian: zCDP gains nothing by sampling; use rdp or pld");
    }
    return rho * (1 + 0x1p-49);
  }
}
