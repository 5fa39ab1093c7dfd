package dev.retort.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.plan.Aggregation;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StudyForecastTest {

  private static final StudyPlan PLAN = ForecastPlans.plan(1000);

  private static StudyForecast forecast(int nodes, int sitesPerUnit) {
    return new StudyForecast(PLAN, nodes, sitesPerUnit);
  }

  private static double epsilon(
      StudyForecast forecast, Scope scope, Aggregation aggregation, Accountant by, int absent) {
    return forecast.bound(scope, aggregation, by, absent).epsilon();
  }

  /** A plan whose exact Gaussian curve gives epsilon 1, at delta 1e-5: sigma 167 for a thousand votes. */
  private static StudyForecast epsilonOne(int nodes, int sitesPerUnit) {
    StudyPlan plan = ForecastPlans.plan(1000, "privacy.epsilon=1.1", "privacy.sigma=167");
    return new StudyForecast(plan, nodes, sitesPerUnit);
  }

  @Test
  void bound_unitAtOneSite_isWhatTheFilterCharges() {
    EpsilonBound bound =
        forecast(3, 1).bound(Scope.UNIT_AT_ONE_SITE, Aggregation.LOCAL, Accountant.ZCDP, 0);
    assertThat(bound.epsilon()).isEqualTo(Conversion.epsilon(StudyNoise.cost(PLAN), 1e-5));
    assertThat(bound.epsilon()).isLessThanOrEqualTo(2);
    assertThat(bound.sigma()).isEqualTo(PLAN.privacy().sigma());
    assertThat(StudyNoise.cost(PLAN)).isLessThanOrEqualTo(Conversion.budget(new ApproxDp(2, 1e-5)));
  }

  @Test
  void bound_byTheGaussianCurve_isTighter() {
    for (Aggregation aggregation : Aggregation.values()) {
      assertThat(epsilon(forecast(3, 1), Scope.UNIT_AT_ONE_SITE, aggregation, Accountant.GDP, 0))
          .isLessThan(
              epsilon(forecast(3, 1), Scope.UNIT_AT_ONE_SITE, aggregation, Accountant.ZCDP, 0)
                  * 0.95);
    }
  }

  @ParameterizedTest
  @EnumSource(Accountant.class)
  void bound_secureWithAllThere_isThatOfLocalNoise(Accountant accountant) {
    StudyForecast forecast = forecast(10, 1);
    assertThat(epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.SECURE, accountant, 0))
        .isCloseTo(
            epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.LOCAL, accountant, 0),
            Percentage.withPercentage(1e-6));
  }

  @Property(tries = 60)
  void bound_oneMoreAbsent_isNoSmallerAndLocalNoiseDoesNotCare(
      @ForAll @IntRange(min = 2, max = 60) int nodes, @ForAll @IntRange(max = 58) int absent) {
    int t = absent % (nodes - 1);
    for (Accountant by : Accountant.values()) {
      StudyForecast forecast = forecast(nodes, 1);
      assertThat(epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.SECURE, by, t + 1))
          .isGreaterThan(epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.SECURE, by, t));
      assertThat(epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.LOCAL, by, t + 1))
          .isEqualTo(epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.LOCAL, by, 0));
    }
  }

  @Property(tries = 60)
  void bound_moreQueriesOrLessNoise_isNoSmaller(
      @ForAll @IntRange(min = 1, max = 5000) int queries,
      @ForAll @IntRange(min = 200, max = 2000) int sigma) {
    StudyForecast here = fixed(queries, sigma);
    StudyForecast more = fixed(queries + 100, sigma);
    StudyForecast less = fixed(queries, sigma - 10);
    for (Aggregation aggregation : Aggregation.values()) {
      for (Accountant by : Accountant.values()) {
        double epsilon = epsilon(here, Scope.UNIT_IN_FEDERATION, aggregation, by, 1);
        assertThat(epsilon(more, Scope.UNIT_IN_FEDERATION, aggregation, by, 1))
            .isGreaterThan(epsilon);
        assertThat(epsilon(less, Scope.UNIT_IN_FEDERATION, aggregation, by, 1))
            .isGreaterThan(epsilon);
      }
    }
  }

  private static StudyForecast fixed(int queries, int sigma) {
    return new StudyForecast(
        ForecastPlans.plan(queries, "privacy.epsilon=50", "privacy.sigma=" + sigma), 4, 2);
  }

  @ParameterizedTest
  @CsvSource({"1, 1.00, 1.00", "2, 1.47, 2.15", "3, 1.83, 3.41", "5, 2.44, 6.17"})
  void bound_unitAtSeveralSites_addsInSquaresOrShiftsTogether(
      int sites, double local, double secure) {
    StudyForecast forecast = epsilonOne(10, sites);
    assertThat(epsilon(forecast, Scope.UNIT_IN_FEDERATION, Aggregation.LOCAL, Accountant.GDP, 0))
        .isCloseTo(local, within(0.011));
    assertThat(epsilon(forecast, Scope.UNIT_IN_FEDERATION, Aggregation.SECURE, Accountant.GDP, 0))
        .isCloseTo(secure, within(0.011));
  }

  @ParameterizedTest
  @EnumSource(Aggregation.class)
  void bound_wholeSiteOf25Teachers_isNoMeaningfulGuarantee(Aggregation aggregation) {
    EpsilonBound bound = epsilonOne(10, 1).bound(Scope.WHOLE_SITE, aggregation, Accountant.GDP, 0);
    assertThat(bound.epsilon()).isCloseTo(50.3, within(0.2));
    assertThat(bound.isMeaningful()).isFalse();
  }

  @Test
  void bound_wholeSiteOfOneTeacher_isThatOfAUnit() {
    StudyForecast forecast =
        new StudyForecast(ForecastPlans.plan(1000, "teachers.perNode=1"), 3, 1);
    EpsilonBound site = forecast.bound(Scope.WHOLE_SITE, Aggregation.LOCAL, Accountant.ZCDP, 0);
    assertThat(site.epsilon())
        .isEqualTo(
            epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.LOCAL, Accountant.ZCDP, 0));
    assertThat(site.isMeaningful()).isTrue();
  }

  @Test
  void sigmas_secure_areSmallerByTheRootOfTheNodes() {
    StudyForecast forecast = forecast(9, 1);
    int sigma = PLAN.privacy().sigma();
    assertThat(forecast.sumSigma(Aggregation.LOCAL)).isCloseTo(3.0 * sigma, within(1e-9));
    assertThat(forecast.sumSigma(Aggregation.SECURE)).isCloseTo(sigma, within(1e-9));
    assertThat(forecast.nodeSigma(Aggregation.SECURE)).isCloseTo(sigma / 3.0, within(1e-9));
    assertThat(forecast.meanSigma(Aggregation.LOCAL)).isCloseTo(3.0 * sigma / 225, within(1e-12));
  }

  @Test
  void sigmas_moreNodesThanNoise_stayAtTheSamplersSmallest() {
    StudyForecast forecast = forecast(100_000, 1);
    assertThat(forecast.nodeSigma(Aggregation.SECURE)).isEqualTo(2);
    assertThat(
            epsilon(forecast, Scope.UNIT_AT_ONE_SITE, Aggregation.SECURE, Accountant.ZCDP, 99_999))
        .isFinite();
  }

  @Test
  void meanSigma_knownFederation_isTheTables() {
    // sqrt(2 N) / (mu M) for M = 1000 teachers, N = 1000 queries, epsilon 1: 0.167.
    StudyPlan plan = ForecastPlans.plan(
        1000, "privacy.epsilon=1.1", "privacy.sigma=167", "teachers.perNode=1000");
    assertThat(new StudyForecast(plan, 1, 1).meanSigma(Aggregation.LOCAL))
        .isCloseTo(0.167, within(5e-4));
  }

  @Test
  void labelError_moreAgreement_isSmallerAndSecureBeatsLocal() {
    StudyForecast forecast = forecast(4, 1);
    for (RestOfVotes rest : RestOfVotes.values()) {
      double last = 1;
      for (double agreement = 0.5; agreement <= 1; agreement += 0.1) {
        double error = forecast.labelError(agreement, rest, Aggregation.LOCAL);
        assertThat(error).isLessThan(last);
        assertThat(forecast.labelError(agreement, rest, Aggregation.SECURE)).isLessThan(error);
        last = error;
      }
    }
  }

  @Test
  void labelError_atTheSmallestAgreement_isATie() {
    StudyForecast forecast = forecast(4, 1);
    assertThat(forecast.labelError(0.1, RestOfVotes.SPREAD_EVENLY, Aggregation.LOCAL))
        .isCloseTo(0.9, within(1e-9));
    assertThatThrownBy(() -> forecast.labelError(0.4, RestOfVotes.ON_ONE_RIVAL, Aggregation.LOCAL))
        .hasMessage("agreement must be in [0.5, 1]: 0.4");
  }

  @Test
  void labelError_gridOfTheLabels_cancels() {
    // Sigma grows with the grid, and so does every lead; sigma is a whole number, hence the slack.
    StudyForecast votes = new StudyForecast(ForecastPlans.plan(1000), 4, 1);
    StudyForecast grid = new StudyForecast(ForecastPlans.plan(1000, "privacy.labelGrid=15"), 4, 1);
    assertThat(grid.labelError(0.6, RestOfVotes.SPREAD_EVENLY, Aggregation.LOCAL))
        .isCloseTo(
            votes.labelError(0.6, RestOfVotes.SPREAD_EVENLY, Aggregation.LOCAL),
            Percentage.withPercentage(2));
  }

  @Test
  void overNoising_absentNodes_isTheRootOfWhatIsLost() {
    StudyForecast forecast = forecast(10, 1);
    assertThat(forecast.overNoising(0)).isEqualTo(1);
    assertThat(forecast.overNoising(5)).isCloseTo(1.41, within(0.005));
    assertThatThrownBy(() -> forecast.overNoising(10)).hasMessage("absent must be in [0, 9]: 10");
  }

  @Test
  void absences_manyNodes_areSpreadFromNoneToAllButOne() {
    assertThat(forecast(4, 1).absences(16)).containsExactly(0, 1, 2, 3);
    assertThat(forecast(1, 1).absences(16)).containsExactly(0);
    assertThat(forecast(1000, 1).absences(16))
        .hasSize(16)
        .startsWith(0)
        .endsWith(999)
        .isSorted();
  }

  @Test
  void constructor_badArguments_areRefusedByName() {
    assertThatThrownBy(() -> forecast(0, 1)).hasMessage("nodes must be >= 1: 0");
    assertThatThrownBy(() -> forecast(3, 4)).hasMessage("sitesPerUnit must be in [1, 3]: 4");
    assertThatThrownBy(
            () -> forecast(3, 1).bound(Scope.WHOLE_SITE, Aggregation.LOCAL, Accountant.ZCDP, 3))
        .hasMessage("absent must be in [0, 2]: 3");
  }
}
