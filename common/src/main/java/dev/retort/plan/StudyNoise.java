package dev.retort.plan;

import dev.retort.config.InvalidConfigException;
import dev.retort.data.SampleShape;
import dev.retort.label.LabelGrid;
import dev.retort.plan.StudyPlan.ClassSums;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.NoisePlanner;
import dev.retort.privacy.Zcdp;
import dev.retort.transfer.SampleRange;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A study's noise and what it costs, from its plan alone. */
public final class StudyNoise {

  private StudyNoise() {}

  /**
   * Fills in what a study file leaves to the transfer set and to epsilon.
   *
   * @param samples the transfer set's, at least 1
   * @param shape of a sample
   * @throws InvalidConfigException if the plan asks for more samples than there are, or no noise fits epsilon
   */
  public static StudyPlan resolve(StudyPlan plan, long samples, SampleShape shape)
      throws InvalidConfigException {
    return resolved(plan, samples, shape);
  }

  /** The same for samples of which only the count is known: the noise does not hang on their shape. */
  public static StudyPlan resolve(StudyPlan plan, long samples) throws InvalidConfigException {
    return resolved(plan, samples, null);
  }

  private static StudyPlan resolved(StudyPlan plan, long samples, @Nullable SampleShape shape)
      throws InvalidConfigException {
    if (plan.privacy().mechanism() == MechanismKind.CLASS_SUMS) {
      StudyPlan sized = StudyPlans.withFeatures(plan, samples, shape);
      int questions = plan.queries().rounds();
      return StudyPlans.resolve(sized, questions, sigma(sized, questions));
    }
    int limit =
        plan.queries().limit() == 0 ? Math.toIntExact(samples) : plan.queries().limit();
    if (limit > samples) {
      throw new InvalidConfigException(
          "study file: queries.limit must be at most the transfer set's " + samples + " samples: "
              + limit);
    }
    if (limit < plan.queries().rounds()) {
      throw new InvalidConfigException("study file: queries.rounds must be at most the " + limit
          + " samples asked for: " + plan.queries().rounds());
    }
    return StudyPlans.resolve(plan, limit, sigma(plan, limit));
  }

  /**
   * A resolved plan with another aggregation, and the noise that keeps the same epsilon there.
   *
   * @throws InvalidConfigException if no noise does
   */
  public static StudyPlan withAggregation(StudyPlan plan, Aggregation aggregation)
      throws InvalidConfigException {
    int limit = plan.queries().limit();
    return resolve(StudyPlans.withAggregation(plan, aggregation), limit);
  }

  /** The mechanism by which a resolved plan's queries are answered. */
  public static Mechanism mechanism(StudyPlan plan) {
    return mechanism(plan, plan.privacy().sigma());
  }

  private static Mechanism mechanism(StudyPlan plan, int sigma) {
    return switch (plan.privacy().aggregation()) {
      case LOCAL ->
        switch (plan.privacy().mechanism()) {
          case DISCRETE_GAUSSIAN ->
            plan.asksForHints()
                ? hints(plan, sigma)
                : new DiscreteGaussianHistogram(
                    new LabelGrid(plan.privacy().labelGrid()), plan.labelSpace().size(), sigma);
          case CLASS_SUMS -> new DiscreteGaussianFeatures(width(plan), ClassSums.NORM, sigma);
        };
      case SECURE -> SecureSums.mechanism(plan, sigma);
    };
  }

  /**
   * The rows of a resolved plan that asks for hints, with the noise that each site adds: what is added up is the same
   * whether it protects alone or together with others'.
   */
  public static DiscreteGaussianHints hintsAlone(StudyPlan plan) {
    return hints(plan, plan.privacy().sigma());
  }

  static DiscreteGaussianHints hints(StudyPlan plan, int sigma) {
    return new DiscreteGaussianHints(
        new LabelGrid(plan.privacy().labelGrid()),
        plan.hints().unitsPerLabelUnit(plan.privacy().labelGrid()),
        plan.labelSpace().size(),
        plan.hints().dimensions(),
        StudyPlan.Hints.NORM,
        sigma);
  }

  /** What one teacher's label sums to in grid units; more than the plan's label grid where it is weighed against a hint. */
  public static LabelGrid labelUnits(StudyPlan plan) {
    int grid = plan.privacy().labelGrid();
    return new LabelGrid(plan.asksForHints() ? grid * plan.hints().unitsPerLabelUnit(grid) : grid);
  }

  /** Integers of an answer to one query. */
  public static int width(StudyPlan plan) {
    int classes = plan.labelSpace().size();
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN -> classes + (plan.asksForHints() ? plan.hints().dimensions() : 0);
      case CLASS_SUMS -> plan.classSums().width(classes);
    };
  }

  /** What a resolved plan costs each site in full, block by block as the ledger will charge it. */
  public static Zcdp cost(StudyPlan plan) {
    return cost(plan, mechanism(plan));
  }

  /**
   * What a resolved plan with secure aggregation costs a site in full if the honest noise of exactly {@code contributors}
   * sites is in its sums, more or fewer than it counts on.
   *
   * @param contributors at least 1
   */
  public static Zcdp cost(StudyPlan plan, int contributors) {
    return cost(plan, SecureSums.mechanism(plan, plan.privacy().sigma(), contributors));
  }

  private static Zcdp cost(StudyPlan plan, Mechanism mechanism) {
    Zcdp total = Zcdp.ZERO;
    for (SampleRange block : StudyPlans.blocks(plan)) {
      total = total.plusOrUnbounded(mechanism.cost(block.count()));
    }
    return total;
  }

  private static int sigma(StudyPlan plan, int limit) throws InvalidConfigException {
    ApproxDp bound = new ApproxDp(plan.privacy().epsilon(), plan.privacy().delta());
    OptionalInt sigma = NoisePlanner.smallestSigma(
        one -> mechanism(plan, one),
        plan.privacy().aggregation() == Aggregation.SECURE ? Mechanism.SMALLEST_SUMMED_SIGMA : 1,
        StudyPlans.blocks(plan, limit).stream().map(SampleRange::count).toList(),
        Conversion.budget(bound));
    if (sigma.isEmpty()) {
      throw new InvalidConfigException(
          "study file: privacy.epsilon must be larger, or queries.limit smaller: no noise below 2^24"
              + " grid units keeps "
              + limit
              + " queries within epsilon "
              + bound.epsilon());
    }
    int asked = plan.privacy().sigma();
    if (asked > 0 && asked < sigma.getAsInt()) {
      throw new InvalidConfigException("study file: privacy.sigma must be at least "
          + sigma.getAsInt()
          + " to keep "
          + limit
          + " queries within epsilon "
          + bound.epsilon()
          + ", or 0 to derive it: "
          + asked);
    }
    return Math.max(asked, sigma.getAsInt());
  }
}
