package dev.retort.privacy;

import dev.retort.label.LabelGrid;
import dev.retort.noise.DiscreteGaussian;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Chooses the noise of a study before it begins, from public numbers alone. */
public final class NoisePlanner {

  private NoisePlanner() {}

  /**
   * The smallest sigma at which all releases of a study fit {@code budget}, or empty if none below 2^24 does. Costs are
   * rounded up release by release, as the ledger will charge them.
   *
   * @param releaseSizes the samples of each release, each at least 1
   */
  public static OptionalInt smallestSigma(
      LabelGrid grid, int classes, List<Integer> releaseSizes, Zcdp budget) {
    return smallestSigma(
        sigma -> new DiscreteGaussianHistogram(grid, classes, sigma), 1, releaseSizes, budget);
  }

  /**
   * The smallest sigma of a family of mechanisms, which cost less the larger it is.
   *
   * @param mechanism the family's mechanism of a sigma from {@code least} on
   * @param least at least 1
   * @param releaseSizes the samples of each release, each at least 1
   */
  public static OptionalInt smallestSigma(
      IntFunction<Mechanism> mechanism, int least, List<Integer> releaseSizes, Zcdp budget) {
    int tooSmall = least - 1;
    int enough = DiscreteGaussian.SIGMA_LIMIT - 1;
    if (!fits(mechanism.apply(enough), releaseSizes, budget)) {
      return OptionalInt.empty();
    }
    while (enough - tooSmall > 1) {
      int middle = (enough + tooSmall) >>> 1;
      if (fits(mechanism.apply(middle), releaseSizes, budget)) {
        enough = middle;
      } else {
        tooSmall = middle;
      }
    }
    return OptionalInt.of(enough);
  }

  /** The sizes of the releases that answer {@code queries} samples in blocks of {@code blockSize}, the last one shorter. */
  public static List<Integer> releaseSizes(int queries, int blockSize) {
    if (queries < 1 || blockSize < 1) {
      throw new IllegalArgumentException(
          "queries and blockSize must be >= 1: " + queries + ", " + blockSize);
    }
    int releases = (queries - 1) / blockSize + 1;
    return IntStream.range(0, releases)
        .mapToObj(i -> Math.min(blockSize, queries - i * blockSize))
        .toList();
  }

  private static boolean fits(Mechanism mechanism, List<Integer> releaseSizes, Zcdp budget) {
    BudgetFilter filter = BudgetFilter.full(budget);
    for (int size : releaseSizes) {
      if (!(filter.tryCharge(mechanism.cost(size)) instanceof BudgetFilter.Granted granted)) {
        return false;
      }
      filter = granted.after();
    }
    return true;
  }
}
