package dev.retort.forecast;

import dev.retort.accounting.AnswerChange;
import dev.retort.accounting.DistributedNoise;
import dev.retort.accounting.HiddenGaussian;
import dev.retort.accounting.ZcdpEpsilon;
import dev.retort.config.InvalidConfigException;
import dev.retort.plan.Aggregation;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Sensitivity;
import dev.retort.privacy.Zcdp;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a resolved study plan would spend and how noisy its labels would be, from public numbers alone. Immutable.
 *
 * <p>With {@link Aggregation#LOCAL} every node adds the plan's sigma to its own sum. With {@link Aggregation#SECURE},
 * which no node speaks in this version, K nodes would add sigma / sqrt(K) each, of which only the sum is seen: the same
 * epsilon with less noise on the labels, but it hangs on nodes that are honest and stay.
 */
public final class StudyForecast {

  private final StudyPlan plan;
  private final int nodes;
  private final int sitesPerUnit;
  private final StudyPlan local;
  private final Zcdp localCharge;
  private final double share;
  private final AnswerChange oneTeacher;

  /**
   * The forecast for a federation of {@code nodes} nodes.
   *
   * @param plan resolved: sigma and limit are at least 1
   * @param nodes K, at least 1
   * @param sitesPerUnit the most sites that hold records of one privacy unit, in [1, nodes]
   */
  public StudyForecast(StudyPlan plan, int nodes, int sitesPerUnit) {
    StudyPlan.Privacy privacy = plan.privacy();
    if (privacy.sigma() < 1 || plan.queries().limit() < 1) {
      throw new IllegalArgumentException("plan must be resolved: sigma " + privacy.sigma()
          + ", limit " + plan.queries().limit());
    }
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes must be >= 1: " + nodes);
    }
    if (sitesPerUnit < 1 || sitesPerUnit > nodes) {
      throw new IllegalArgumentException(
          "sitesPerUnit must be in [1, " + nodes + "]: " + sitesPerUnit);
    }
    this.plan = plan;
    this.nodes = nodes;
    this.sitesPerUnit = sitesPerUnit;
    this.local = local(plan);
    this.localCharge = StudyNoise.cost(local);
    this.share = plan.privacy().aggregation() == Aggregation.SECURE
        ? privacy.sigma()
        : Math.max(Mechanism.SMALLEST_SUMMED_SIGMA, privacy.sigma() / Math.sqrt(nodes));
    this.oneTeacher = change(plan);
  }

  /** How far the study's answers move when one row is replaced. */
  private static AnswerChange change(StudyPlan plan) {
    Sensitivity one = StudyNoise.mechanism(plan).sensitivity();
    double queries = plan.queries().limit();
    return new AnswerChange(
        queries * one.l1(),
        queries * one.l2Squared(),
        (long) plan.queries().limit() * StudyNoise.width(plan));
  }

  /** The plan, or what it would be if each node's noise had to protect it alone. */
  private static StudyPlan local(StudyPlan plan) {
    if (plan.privacy().aggregation() == Aggregation.LOCAL) {
      return plan;
    }
    try {
      return StudyNoise.withAggregation(plan, Aggregation.LOCAL);
    } catch (InvalidConfigException e) {
      throw new IllegalArgumentException("plan must have a twin with local noise", e);
    }
  }

  /** Whether this is what the plan does, and not a figure to compare it with. */
  public boolean isPlanned(Aggregation aggregation) {
    return plan.privacy().aggregation() == aggregation;
  }

  /** The plan. */
  public StudyPlan plan() {
    return plan;
  }

  /** K. */
  public int nodes() {
    return nodes;
  }

  /** The most sites that hold records of one privacy unit. */
  public int sitesPerUnit() {
    return sitesPerUnit;
  }

  /** Teachers of all nodes. */
  public long teachers() {
    return (long) nodes * plan.teachersPerNode();
  }

  /** What each node's ledger will charge for the study. */
  public Zcdp charge() {
    return StudyNoise.cost(plan);
  }

  /**
   * The noise that each node adds to each class of its own sum, in grid units. Of an aggregation that the plan has not: as
   * much local noise as keeps its epsilon, or an equal share of its noise.
   */
  public double nodeSigma(Aggregation aggregation) {
    return aggregation == Aggregation.LOCAL ? local.privacy().sigma() : share;
  }

  /** The noise on each class of the sum over all nodes, in grid units. */
  public double sumSigma(Aggregation aggregation) {
    return nodeSigma(aggregation) * Math.sqrt(nodes);
  }

  /** The standard deviation of the noise on each class of the mean label over all teachers, where a label sums to 1. */
  public double meanSigma(Aggregation aggregation) {
    return sumSigma(aggregation) / teachers() / StudyNoise.labelUnits(plan).size();
  }

  /**
   * The standard deviation of the noise on each entry of the mean hint over all teachers, where a hint is clipped to length
   * 1; of a plan that asks for hints.
   */
  public double hintSigma(Aggregation aggregation) {
    return sumSigma(aggregation) / teachers() / StudyPlan.Hints.NORM;
  }

  /**
   * The probability that noise moves the arg max of the sum away from the class in the lead.
   *
   * @param agreement the share of all votes that this class has, from {@link RestOfVotes#smallestAgreement} to 1
   */
  public double labelError(double agreement, RestOfVotes rest, Aggregation aggregation) {
    int classes = plan.labelSpace().size();
    if (!(agreement >= rest.smallestAgreement(classes)) || agreement > 1) {
      throw new IllegalArgumentException(
          "agreement must be in [" + rest.smallestAgreement(classes) + ", 1]: " + agreement);
    }
    return ArgMaxError.probability(rest.rivals(agreement, classes), meanSigma(aggregation));
  }

  /**
   * An upper bound on the loss.
   *
   * @param absent nodes that collude with whoever looks at the sum, or whose noise is missing from it, in [0, K - 1].
   *     Local noise does not depend on it
   */
  public EpsilonBound bound(
      Scope scope, Aggregation aggregation, Accountant accountant, int absent) {
    requireAbsent(absent);
    return aggregation == Aggregation.LOCAL
        ? local(scope, accountant, absent)
        : secure(scope, accountant, absent);
  }

  /** By what factor every node's noise must grow so that {@code absent} nodes may be absent without a larger loss. */
  public double overNoising(int absent) {
    requireAbsent(absent);
    return Math.sqrt((double) nodes / (nodes - absent));
  }

  /** Counts of absent nodes from none to all but one: each of them, or {@code most} spread over them. */
  public List<Integer> absences(int most) {
    if (most < 2) {
      throw new IllegalArgumentException("most must be >= 2: " + most);
    }
    return nodes <= most
        ? IntStream.range(0, nodes).boxed().toList()
        : IntStream.range(0, most)
            .map(i -> (int) ((long) i * (nodes - 1) / (most - 1)))
            .boxed()
            .toList();
  }

  private EpsilonBound local(Scope scope, Accountant accountant, int absent) {
    double delta = plan.privacy().delta();
    double sigma = local.privacy().sigma();
    int teachers = plan.rowsPerNode();
    // As the ledger charges; losses of several noises add up, and one noise that hides a shift m
    // times as long costs m^2 times as much.
    long times = switch (scope) {
      case UNIT_AT_ONE_SITE -> 1;
      case UNIT_IN_FEDERATION -> sitesPerUnit;
      case WHOLE_SITE -> (long) teachers * teachers;
    };
    AnswerChange change = switch (scope) {
      case UNIT_AT_ONE_SITE -> oneTeacher;
      case UNIT_IN_FEDERATION -> oneTeacher.apart(sitesPerUnit);
      case WHOLE_SITE -> oneTeacher.together(teachers);
    };
    double epsilon = switch (accountant) {
      case ZCDP -> ZcdpEpsilon.of(localCharge, times, delta);
      case GDP -> HiddenGaussian.epsilon(change, sigma * sigma, 0, delta);
    };
    return new EpsilonBound(
        scope, Aggregation.LOCAL, accountant, absent, sigma, localCharge.rho() * times, epsilon);
  }

  private EpsilonBound secure(Scope scope, Accountant accountant, int absent) {
    double delta = plan.privacy().delta();
    DistributedNoise noise = new DistributedNoise(nodes - absent, share * share);
    AnswerChange change = switch (scope) {
      case UNIT_AT_ONE_SITE -> oneTeacher;
      case UNIT_IN_FEDERATION -> oneTeacher.together(sitesPerUnit);
      case WHOLE_SITE -> oneTeacher.together(plan.rowsPerNode());
    };
    double epsilon = switch (accountant) {
      case ZCDP -> noise.epsilon(change, delta);
      case GDP -> noise.gdpEpsilon(change, delta);
    };
    return new EpsilonBound(
        scope,
        Aggregation.SECURE,
        accountant,
        absent,
        Math.sqrt(noise.variance()),
        noise.rho(change),
        epsilon);
  }

  private void requireAbsent(int absent) {
    if (absent < 0 || absent >= nodes) {
      throw new IllegalArgumentException("absent must be in [0, " + (nodes - 1) + "]: " + absent);
    }
  }
}
