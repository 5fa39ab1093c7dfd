package dev.retort.plan;

import dev.retort.label.LabelGrid;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan.ClassSums;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.SummedHints;
import dev.retort.secagg.CohortDecision;
import dev.retort.secagg.CohortDecision.Obstacle;
import dev.retort.secagg.CohortRules;
import dev.retort.secagg.CohortTerms;
import dev.retort.secagg.LaneWidth;
import dev.retort.secagg.NoiseShare;
import dev.retort.secagg.SessionProposal.Sums;
import dev.retort.transfer.SampleRange;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a plan with {@code privacy.aggregation: secure} asks of its sums. Every party computes it from the plan.
 *
 * <p>Each site adds the plan's sigma, whatever the size of the cohort, so that its mechanism is fixed before the first
 * question, and an answer whose sum came to nothing can be masked again in another cohort with the noise that it has.
 */
public final class SecureSums {

  /** A segment of the protocol holds a block of at most so many lanes. */
  private static final int BLOCK_LANES = 1 << 20;

  private SecureSums() {}

  /** Samples of a full block, of {@code width} lanes each. */
  static int samplesPerBlock(int width) {
    return Math.max(1, BLOCK_LANES / width);
  }

  /** Who is assumed to collude, and how small a cohort may become: the plan's minimum, less those that may vanish. */
  public static CohortTerms terms(StudyPlan plan) {
    return terms(plan.cohort());
  }

  private static CohortTerms terms(StudyPlan.Cohort cohort) {
    return new CohortTerms(
        Math.max(0, Math.min(cohort.minimum() - cohort.maxExcluded(), 4096)),
        cohort.colluders(),
        cohort.maxExcluded(),
        CohortTerms.USUAL_LIMIT,
        CohortTerms.USUAL_LIMIT);
  }

  /** How many honest sites' noise is certain to be in any sum. */
  public static int contributors(StudyPlan plan) {
    StudyPlan.Cohort cohort = plan.cohort();
    return cohort.minimum() - cohort.maxExcluded() - cohort.colluders();
  }

  /**
   * The mechanism by which a site's part of a sum is charged.
   *
   * @param sigma what each site adds
   */
  static Mechanism mechanism(StudyPlan plan, int sigma) {
    return mechanism(plan, sigma, contributors(plan));
  }

  static Mechanism mechanism(StudyPlan plan, int sigma, int contributors) {
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN ->
        plan.asksForHints()
            ? hints(StudyNoise.hints(plan, sigma), contributors)
            : new SummedHistogram(
                new LabelGrid(plan.privacy().labelGrid()),
                plan.labelSpace().size(),
                sigma,
                contributors);
      case CLASS_SUMS ->
        new SummedFeatures(StudyNoise.width(plan), ClassSums.NORM, sigma, contributors);
    };
  }

  private static SummedHints hints(DiscreteGaussianHints alone, int contributors) {
    return new SummedHints(
        alone.grid(),
        alone.weight(),
        alone.classes(),
        alone.dimensions(),
        alone.norm(),
        alone.sigma(),
        contributors);
  }

  /** The least noise of any sum of a resolved plan, whoever vanishes and colludes: what the protocol insists on. */
  public static int wholeSigma(StudyPlan plan) {
    return BigInteger.valueOf(plan.privacy().sigma())
        .pow(2)
        .multiply(BigInteger.valueOf(contributors(plan)))
        .sqrt()
        .intValueExact();
  }

  /**
   * The form of the vectors of a session of {@code nodes} sites.
   *
   * @throws IllegalArgumentException if the sums are too large for lanes of 64 bits
   */
  public static Sums sums(StudyPlan plan, int nodes) {
    long largest = StudyNoise.mechanism(plan).largestEntry(plan.rowsPerNode());
    int lanes =
        StudyPlans.blocks(plan).stream().mapToInt(SampleRange::count).max().orElse(1)
            * StudyNoise.width(plan);
    BigInteger variance =
        BigInteger.valueOf(plan.privacy().sigma()).pow(2).multiply(BigInteger.valueOf(nodes));
    BigInteger sum = NoiseShare.largestSum(nodes, largest, lanes, variance);
    Sums widest = new Sums(wholeSigma(plan), largest, LaneWidth.W64, lanes);
    LaneWidth least = NoiseShare.smallestWidth(nodes, widest, terms(plan));
    LaneWidth width = List.of(LaneWidth.values()).stream()
        .filter(one -> one.compareTo(least) >= 0 && one.holdsUpTo(sum))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("sums must fit lanes of 64 bits: " + sum));
    return new Sums(wholeSigma(plan), largest, width, lanes);
  }

  /** What a session's nodes must agree on of their noise. */
  public static Digest noise(StudyPlan plan) {
    return digest(
        "retort/sum-noise/1",
        StudyNoise.labelUnits(plan).size(),
        StudyNoise.width(plan),
        plan.privacy().sigma(),
        contributors(plan));
  }

  /**
   * What is answered in a segment: the same for all sites, and never summed twice.
   *
   * @param plan the digest of the study plan
   */
  public static Digest batch(Digest plan, SampleRange block) {
    return digest("retort/sum-batch/1", plan.hex(), block.first(), block.count());
  }

  /**
   * Refuses terms on which no cohort can sum securely.
   *
   * @throws IllegalArgumentException naming the keys, the rule and the way out
   */
  static void requirePossible(StudyPlan.Cohort cohort) {
    CohortTerms terms = terms(cohort);
    if (CohortRules.decide(Math.min(cohort.minimum(), 4096), terms)
        instanceof CohortDecision.Refused refused) {
      throw new IllegalArgumentException(message(refused.obstacle(), cohort)
          + "; or set privacy.aggregation to local, where each site's own noise protects it");
    }
  }

  private static String message(Obstacle obstacle, StudyPlan.Cohort cohort) {
    return switch (obstacle) {
      case FEWER_THAN_THREE_NODES ->
        "cohort.minimum must be at least 3 for privacy.aggregation: secure, since of two sites each"
            + " could subtract its own answer from the sum: "
            + cohort.minimum();
      case MINIMUM_TOO_SMALL, FEWER_NODES_THAN_MINIMUM ->
        "cohort.minimum - cohort.maxExcluded must be at least 3, and cohort.colluders + 2, for"
            + " privacy.aggregation: secure: "
            + cohort.minimum() + " - " + cohort.maxExcluded() + ", " + cohort.colluders() + " + 2";
      case NO_HONEST_NOISE, NO_THRESHOLD ->
        "cohort.minimum must be larger than 2 cohort.maxExcluded + cohort.colluders for"
            + " privacy.aggregation: secure, so that some honest site's noise is in every sum: "
            + cohort.minimum();
    };
  }

  private static Digest digest(Object... parts) {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(part).append('\n');
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
