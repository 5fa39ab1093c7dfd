package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.privacy.Conversion;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

final class AccountingProperties {

  enum Noise {
    GAUSSIAN {
      @Override
      NoiseEvent of(double scale) {
        return new Gaussian(scale, 2);
      }
    },
    DISCRETE_GAUSSIAN {
      @Override
      NoiseEvent of(double scale) {
        return new DiscreteGaussian(scale, List.of(1L, -1L));
      }
    },
    LAPLACE {
      @Override
      NoiseEvent of(double scale) {
        return new Laplace(scale, List.of(1.0, -1.0));
      }
    },
    SAMPLED_GAUSSIAN {
      @Override
      NoiseEvent of(double scale) {
        return new SampledGaussian(scale, 1, 0.2);
      }
    };

    abstract NoiseEvent of(double scale);

    boolean has(CampaignAccountant accountant) {
      return switch (accountant) {
        case ZCDP -> this != SAMPLED_GAUSSIAN;
        case RDP -> true;
        case GDP -> this == GAUSSIAN || this == DISCRETE_GAUSSIAN;
        // The distribution of sampled noise takes seconds; its rows are among the reference values.
        case PLD -> this != SAMPLED_GAUSSIAN;
      };
    }

    /**
     * By how much more a figure may be rounded up than its neighbour. A refined lattice is left once a halving moves the
     * figure by less than a millionth, and each figure at its own lattice; the others are rounded in their last digits, the
     * exact lattice in the part of delta that its window may lose.
     */
    double slack(CampaignAccountant accountant) {
      if (accountant != CampaignAccountant.PLD) {
        return 1e-9;
      }
      return this == LAPLACE ? 2e-6 : 1e-8;
    }
  }

  @Property(tries = 120)
  void epsilon_moreQueriesLessNoiseOrSmallerDelta_isNoSmaller(
      @ForAll CampaignAccountant accountant,
      @ForAll Noise noise,
      @ForAll @DoubleRange(min = 1.6, max = 40) @Scale(3) double scale,
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @DoubleRange(min = -12, max = -1) @Scale(3) double logDelta)
      throws UnsupportedNoiseException {
    Assume.that(noise.has(accountant));
    double delta = Math.pow(10, logDelta);
    double least =
        accountant.epsilon(noise.of(scale), count, delta) * (1 - noise.slack(accountant)) - 1e-9;
    assertThat(accountant.epsilon(noise.of(scale), count + 1, delta)).isGreaterThanOrEqualTo(least);
    assertThat(accountant.epsilon(noise.of(scale), 2L * count, delta))
        .isGreaterThanOrEqualTo(least);
    assertThat(accountant.epsilon(noise.of(scale), count, delta / 3)).isGreaterThanOrEqualTo(least);
    // Below 1.5 the Gaussian curve has nothing to say of discrete noise.
    double less = Math.max(1.55, scale * 0.9);
    assertThat(accountant.epsilon(noise.of(less), count, delta)).isGreaterThanOrEqualTo(least);
  }

  /** A query k times costs what one query costs whose answer is k times as long. */
  @Property(tries = 200)
  void rhoAndDivergence_kQueriesAsOne_areKTimesThoseOfOne(
      @ForAll @DoubleRange(min = 0.2, max = 30) @Scale(3) double scale,
      @ForAll @IntRange(min = 1, max = 4) int change,
      @ForAll @IntRange(min = 1, max = 50) int count,
      @ForAll @DoubleRange(min = 1.01, max = 60) @Scale(2) double order)
      throws UnsupportedNoiseException {
    isMultiple(
        new DiscreteGaussian(scale, List.of((long) change)),
        new DiscreteGaussian(scale, Collections.nCopies(count, (long) change)),
        count,
        order);
    isMultiple(
        new Laplace(scale, List.of((double) change)),
        new Laplace(scale, Collections.nCopies(count, (double) change)),
        count,
        order);
    isMultiple(
        new Gaussian(scale, change), new Gaussian(scale, (double) change * count), count, order);
  }

  private static void isMultiple(NoiseEvent one, NoiseEvent all, int count, double order)
      throws UnsupportedNoiseException {
    isAbout(CampaignAccountant.rho(all), count * CampaignAccountant.rho(one));
    isAbout(RenyiCurves.of(all).at(order), count * RenyiCurves.of(one).at(order));
    assertThat(CampaignAccountant.ZCDP.epsilon(one, count, 1e-6))
        .isEqualTo(Conversion.epsilon(count * CampaignAccountant.rho(one), 1e-6));
    isAbout(
        CampaignAccountant.RDP.epsilon(one, count, 1e-6),
        CampaignAccountant.RDP.epsilon(all, 1, 1e-6));
  }

  private static void isAbout(double actual, double expected) {
    assertThat(actual).isBetween(expected * (1 - 1e-11), expected * (1 + 1e-11));
  }

  @Property(tries = 500)
  void deltaOfEpsilonOfDelta_gaussianCurve_isAtMostDelta(
      @ForAll @DoubleRange(min = 0.001, max = 30) @Scale(4) double mu,
      @ForAll @DoubleRange(min = -100, max = -0.01) @Scale(3) double logDelta) {
    double delta = Math.pow(10, logDelta);
    double epsilon = GaussianDp.epsilon(mu, delta);
    assertThat(GaussianDp.delta(mu, epsilon)).isLessThanOrEqualTo(delta);
    // And no smaller epsilon would do.
    Assume.that(epsilon > 0);
    assertThat(GaussianDp.delta(mu, Math.nextDown(epsilon))).isGreaterThan(delta);
  }

  @Property(tries = 60)
  void deltaOfEpsilonOfDelta_lossDistribution_isAtMostDelta(
      @ForAll @DoubleRange(min = 0.5, max = 30) @Scale(3) double scale,
      @ForAll @IntRange(min = 1, max = 30) int count,
      @ForAll @DoubleRange(min = -12, max = -1) @Scale(3) double logDelta) {
    double delta = Math.pow(10, logDelta);
    for (NoiseEvent event : List.of(Noise.DISCRETE_GAUSSIAN.of(scale), Noise.GAUSSIAN.of(scale))) {
      PrivacyLossDistribution distribution = PrivacyLossDistribution.of(event, count);
      // Either figure is an upper bound, close to 1e-6 of itself. Where delta is small it falls by
      // many times the share by which epsilon grows: so the slack is epsilon's too.
      assertThat(distribution.delta(distribution.epsilon(delta) * (1 + 1e-5)))
          .isLessThanOrEqualTo(delta * (1 + 1e-5));
    }
  }

  @Property(tries = 60)
  void epsilon_anyBound_isAtLeastTheExactOne(
      @ForAll @DoubleRange(min = 0.4, max = 5) @Scale(3) double sigma,
      @ForAll @IntRange(min = 1, max = 3) int first,
      @ForAll @IntRange(min = 0, max = 2) int second,
      @ForAll @IntRange(min = 1, max = 4) int count,
      @ForAll @DoubleRange(min = -15, max = -1) @Scale(3) double logDelta)
      throws UnsupportedNoiseException {
    double delta = Math.pow(10, logDelta);
    DiscreteGaussian event = new DiscreteGaussian(sigma, List.of((long) first, (long) -second));
    DiscreteConvolution oracle = new DiscreteConvolution(sigma, event.change(), count);
    double exact = oracle.epsilon(delta);
    double bound = PrivacyLossDistribution.of(event, count).epsilon(delta);
    assertThat(bound).isGreaterThanOrEqualTo(exact * (1 - 1e-12));
    // Delta hardly falls between the few losses of little noise, and steeply just below one of
    // them:
    // the bound is close in one or the other.
    assertThat(bound == 0 || oracle.delta(bound * (1 - 1e-6)) > delta * (1 - 1e-6))
        .isTrue();
    assertThat(CampaignAccountant.PLD.epsilon(event, count, delta))
        .isGreaterThanOrEqualTo(exact * (1 - 1e-12));
    assertThat(CampaignAccountant.RDP.epsilon(event, count, delta)).isGreaterThanOrEqualTo(exact);
    assertThat(CampaignAccountant.ZCDP.epsilon(event, count, delta)).isGreaterThanOrEqualTo(exact);
    AnswerChange change = new AnswerChange(
        (double) count * (first + second),
        (double) count * (first * first + second * second),
        (long) count * event.change().size());
    assertThat(HiddenGaussian.epsilon(change, sigma * sigma, 0, delta))
        .isGreaterThanOrEqualTo(exact);
  }

  @Property(tries = 100)
  void epsilon_discreteNoise_isTheSmallerTheMoreAnAccountantKnows(
      @ForAll @DoubleRange(min = 0.3, max = 60) @Scale(3) double sigma,
      @ForAll @IntRange(min = 1, max = 500) int count,
      @ForAll @DoubleRange(min = -12, max = -1) @Scale(3) double logDelta)
      throws UnsupportedNoiseException {
    double delta = Math.pow(10, logDelta);
    NoiseEvent event = Noise.DISCRETE_GAUSSIAN.of(sigma);
    double zcdp = CampaignAccountant.ZCDP.epsilon(event, count, delta);
    double rdp = CampaignAccountant.RDP.epsilon(event, count, delta);
    assertThat(rdp).isLessThanOrEqualTo(zcdp * (1 + 1e-11) + 1e-11);
    assertThat(PrivacyLossDistribution.of(event, count).epsilon(delta))
        .isLessThanOrEqualTo(rdp * (1 + 1e-8) + 1e-8);
    assertThat(CampaignAccountant.PLD.epsilon(event, count, delta)).isLessThanOrEqualTo(rdp);
  }

  @Property(tries = 60)
  void smallestScale_anyPromise_isKeptAndByLessNoiseNot(
      @ForAll CampaignAccountant accountant,
      @ForAll @IntRange(min = 1, max = 100_000) int count,
      @ForAll @DoubleRange(min = 0.05, max = 20) @Scale(3) double epsilon,
      @ForAll @DoubleRange(min = -12, max = -1) @Scale(3) double logDelta)
      throws UnsupportedNoiseException {
    double delta = Math.pow(10, logDelta);
    double scale =
        CampaignPlanner.smallestScale(accountant, Noise.GAUSSIAN::of, count, epsilon, delta);
    assertThat(accountant.epsilon(Noise.GAUSSIAN.of(scale), count, delta))
        .isLessThanOrEqualTo(epsilon);
    assertThat(accountant.epsilon(Noise.GAUSSIAN.of(scale * (1 - 2e-12)), count, delta))
        .isGreaterThan(epsilon);
  }

  @Property(tries = 60)
  void mostQueries_anyPromise_fitAndOneMoreDoesNot(
      @ForAll CampaignAccountant accountant,
      @ForAll Noise noise,
      @ForAll @DoubleRange(min = 3, max = 50) @Scale(3) double scale,
      @ForAll @DoubleRange(min = 0.05, max = 5) @Scale(3) double epsilon)
      throws UnsupportedNoiseException {
    Assume.that(noise.has(accountant));
    NoiseEvent event = noise.of(scale);
    long most = CampaignPlanner.mostQueries(accountant, event, epsilon, 1e-6);
    if (most > 0) {
      assertThat(accountant.epsilon(event, most, 1e-6)).isLessThanOrEqualTo(epsilon);
    }
    assertThat(accountant.epsilon(event, most + 1, 1e-6)).isGreaterThan(epsilon);
  }

  @Property(tries = 300)
  void largestRho_anyPromise_isKeptAndByMoreNot(
      @ForAll @DoubleRange(min = 0.001, max = 100) @Scale(5) double epsilon,
      @ForAll @DoubleRange(min = -15, max = -1) @Scale(3) double logDelta) {
    double delta = Math.pow(10, logDelta);
    double rho = CampaignPlanner.largestRho(epsilon, delta);
    assertThat(Conversion.epsilon(rho, delta)).isLessThanOrEqualTo(epsilon);
    assertThat(Conversion.epsilon(rho * (1 + 2e-12), delta)).isGreaterThan(epsilon);
  }
}
