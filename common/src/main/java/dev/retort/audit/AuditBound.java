package dev.retort.audit;

/**
 * What paired runs of a release prove of its epsilon. Both bounds hold together with probability at least
 * {@code confidence}, the second if the noise is Gaussian.
 *
 * @param runs on each of the two inputs, all phases together
 * @param delta at which epsilon is bounded
 * @param confidence that both bounds are true
 * @param direct the lower bound that assumes nothing of the mechanism, at least 0
 * @param gaussian the lower bound under Gaussian noise, at least 0
 * @param directStatistic what the test behind {@code direct} looks at
 * @param gaussianStatistic what the test behind {@code gaussian} looks at
 * @param directErrors that test's errors on the certifying half
 * @param gaussianErrors the other test's errors on the certifying half
 */
public record AuditBound(
    int runs,
    double delta,
    double confidence,
    double direct,
    double gaussian,
    String directStatistic,
    String gaussianStatistic,
    ErrorCounts directErrors,
    ErrorCounts gaussianErrors) {

  /** The larger bound. */
  public double epsilon() {
    return Math.max(direct, gaussian);
  }

  /** Whether what is proven contradicts {@code claim}. */
  public boolean exceeds(double claim) {
    return epsilon() > claim;
  }
}
