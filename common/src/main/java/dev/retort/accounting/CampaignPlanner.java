package dev.retort.accounting;

import dev.retort.privacy.Conversion;
import java.util.function.DoubleFunction;

/** The smallest noise, the most queries and the largest filter that keep a promise. */
public final class CampaignPlanner {

  /** Counts beyond this are not looked at. */
  public static final long MOST_QUERIES = 1_000_000_000_000L;

  private static final double LARGEST_SCALE = 1e15;
  private static final double SCALE_TOLERANCE = 1e-13;
  // A refined privacy-loss distribution's own figure is no closer than this.
  private static final double SLOW_SCALE_TOLERANCE = 1e-6;
  private static final double WHOLE = -1;

  private static final Watcher UNWATCHED = (quantity, epsilon) -> {};

  // The privacy-loss distribution is slow, and never above Renyi DP, which is quick: searches begin
  // at the latter's answer.

  private CampaignPlanner() {}

  /** Is told of a search's every step that may be slow. */
  public interface Watcher {

    /**
     * A scale or a count has been tried.
     *
     * @param quantity which
     * @param epsilon what it costs
     */
    void tried(double quantity, double epsilon);
  }

  /**
   * The smallest scale of noise at which {@code count} queries cost at most {@code epsilon}, rounded up by less than 1e-12
   * of it, or 1e-6 where {@link CampaignAccountant#PLD} refines a lattice; positive infinity if none up to 1e15 is enough.
   *
   * @param event the event at a scale
   */
  public static double smallestScale(
      CampaignAccountant accountant,
      DoubleFunction<NoiseEvent> event,
      long count,
      double epsilon,
      double delta,
      Watcher watcher)
      throws UnsupportedNoiseException {
    Checks.positive("epsilon", epsilon);
    ThresholdSearch search = new ThresholdSearch(
        scale -> told(watcher, scale, accountant.epsilon(event.apply(scale), count, delta)),
        epsilon);
    double enough = accountant == CampaignAccountant.PLD
        ? smallestScale(CampaignAccountant.RDP, event, count, epsilon, delta, UNWATCHED)
        : 1;
    while (!search.fits(enough)) {
      enough *= 2;
      if (enough > LARGEST_SCALE) {
        return Double.POSITIVE_INFINITY;
      }
    }
    double tooSmall = enough / 2;
    while (search.fits(tooSmall)) {
      enough = tooSmall;
      tooSmall /= 2;
    }
    boolean refined =
        accountant == CampaignAccountant.PLD && !(event.apply(1) instanceof NoiseEvent.Gaussian);
    return search.refine(enough, tooSmall, refined ? SLOW_SCALE_TOLERANCE : SCALE_TOLERANCE);
  }

  /** The same, unwatched. */
  public static double smallestScale(
      CampaignAccountant accountant,
      DoubleFunction<NoiseEvent> event,
      long count,
      double epsilon,
      double delta)
      throws UnsupportedNoiseException {
    return smallestScale(accountant, event, count, epsilon, delta, UNWATCHED);
  }

  /**
   * The smallest whole scale at which {@code count} queries cost at most {@code epsilon}; 0 if none below {@code limit}
   * is enough.
   *
   * @param event the event at a scale
   */
  public static int smallestWholeScale(
      CampaignAccountant accountant,
      DoubleFunction<NoiseEvent> event,
      int limit,
      long count,
      double epsilon,
      double delta,
      Watcher watcher)
      throws UnsupportedNoiseException {
    Checks.positive("epsilon", epsilon);
    ThresholdSearch search = new ThresholdSearch(
        scale -> isSilent(accountant, event.apply(scale))
            ? Double.POSITIVE_INFINITY
            : told(watcher, scale, accountant.epsilon(event.apply(scale), count, delta)),
        epsilon);
    double tooSmall = 0;
    double enough = accountant == CampaignAccountant.PLD
        ? Math.max(
            1,
            smallestWholeScale(
                CampaignAccountant.RDP, event, limit, count, epsilon, delta, UNWATCHED))
        : 1;
    while (!search.fits(enough)) {
      tooSmall = enough;
      if (enough >= limit - 1) {
        return 0;
      }
      enough = Math.min(limit - 1, 2 * enough);
    }
    if (tooSmall == 0) {
      tooSmall = Math.floor(enough / 2);
      while (tooSmall >= 1 && search.fits(tooSmall)) {
        enough = tooSmall;
        tooSmall = Math.floor(enough / 2);
      }
    }
    return (int) (enough == 1 ? 1 : search.refine(enough, tooSmall, WHOLE));
  }

  /** The same, unwatched. */
  public static int smallestWholeScale(
      CampaignAccountant accountant,
      DoubleFunction<NoiseEvent> event,
      int limit,
      long count,
      double epsilon,
      double delta)
      throws UnsupportedNoiseException {
    return smallestWholeScale(accountant, event, limit, count, epsilon, delta, UNWATCHED);
  }

  /** The most queries that cost at most {@code epsilon} in all, in [0, {@link #MOST_QUERIES}]. */
  public static long mostQueries(
      CampaignAccountant accountant,
      NoiseEvent event,
      double epsilon,
      double delta,
      Watcher watcher)
      throws UnsupportedNoiseException {
    Checks.positive("epsilon", epsilon);
    ThresholdSearch search = new ThresholdSearch(
        count -> told(watcher, count, accountant.epsilon(event, (long) count, delta)), epsilon);
    double most = (double) MOST_QUERIES;
    double fit = accountant == CampaignAccountant.PLD
        ? (double) mostQueries(CampaignAccountant.RDP, event, epsilon, delta, UNWATCHED)
        : 0;
    double tooMany = Math.max(1, 2 * fit);
    while (fit < most && search.fits(tooMany)) {
      fit = tooMany;
      tooMany = Math.min(most, 2 * tooMany);
    }
    return (long) (fit == 0 || fit >= most ? fit : search.refine(fit, tooMany, WHOLE));
  }

  /** The same, unwatched. */
  public static long mostQueries(
      CampaignAccountant accountant, NoiseEvent event, double epsilon, double delta)
      throws UnsupportedNoiseException {
    return mostQueries(accountant, event, epsilon, delta, UNWATCHED);
  }

  /** A lower bound on the largest rho of a zCDP filter that promises (epsilon, delta), within 1e-12 of it. */
  public static double largestRho(double epsilon, double delta) {
    Checks.positive("epsilon", epsilon);
    Checks.probability("delta", delta);
    return MonotoneSearch.largest(rho -> Conversion.epsilon(rho, delta) <= epsilon, 0, epsilon);
  }

  private static double told(Watcher watcher, double quantity, double epsilon) {
    watcher.tried(quantity, epsilon);
    return epsilon;
  }

  // There gdp has nothing to say of discrete noise, and more noise is needed.
  private static boolean isSilent(CampaignAccountant accountant, NoiseEvent event) {
    return accountant == CampaignAccountant.GDP && !HiddenGaussian.isHiddenIn(event);
  }
}
