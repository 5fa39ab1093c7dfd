package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversionTest {

  private static final Pattern ROW = Pattern.compile(
      "(zcdp_to_eps_cks20|zcdp_budget_from_eps),\"?(?:rho|eps)=([0-9.]+)[^\"]*?\"?,delta=([0-9e.-]+),([0-9.]+),.*");

  // Values computed with 50 digits.
  @ParameterizedTest
  @CsvSource({
    "0.01, 1e-6, 0.62169265456",
    "0.3125, 1e-6, 4.01028077619",
    "2, 1e-5, 10.7248241129",
    "0.625, 1e-6, 5.92681801554",
    "1, 1e-9, 9.52146367179"
  })
  void epsilon_knownLosses_areBoundedFromAboveToElevenDigits(
      double rho, double delta, double expected) {
    double epsilon = Conversion.epsilon(new Zcdp(Math.round(rho * 1e12)), delta);
    // The known values are rounded to 12 digits.
    assertThat(epsilon).isCloseTo(expected, Percentage.withPercentage(1e-9));
    assertThat(epsilon).isGreaterThanOrEqualTo(expected * (1 - 5e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1e-6, 24355970359, 38",
    "2, 1e-6, 88152688379, 141",
    "4, 1e-6, 311064954941, 497",
    "1, 1e-9, 14973057673, 23"
  })
  void budget_knownGuarantees_isExactToThePicoRho(
      double epsilon, double delta, long picoRho, int queries) {
    Zcdp budget = Conversion.budget(new ApproxDp(epsilon, delta));
    assertThat(budget.picoRho()).isCloseTo(picoRho, within(1L));
    assertThat(budget.picoRho() / 625_000_000L).isEqualTo(queries);
  }

  @Property
  void budget_anyGuarantee_isTheLargestThatKeepsIt(
      @ForAll @DoubleRange(min = 0.01, max = 50) @Scale(6) double epsilon,
      @ForAll @DoubleRange(min = -14, max = -1) @Scale(4) double logDelta) {
    ApproxDp guarantee = new ApproxDp(epsilon, Math.pow(10, logDelta));
    Zcdp budget = Conversion.budget(guarantee);
    assertThat(Conversion.epsilon(budget, guarantee.delta())).isLessThanOrEqualTo(epsilon);
    Zcdp twoMore = budget.plus(new Zcdp(2 + budget.picoRho() / 1_000_000_000_000L));
    assertThat(Conversion.epsilon(twoMore, guarantee.delta())).isGreaterThan(epsilon * (1 - 1e-12));
  }

  @Property
  void epsilon_moreLossOrSmallerDelta_isNoSmaller(
      @ForAll @LongRange(min = 0, max = 100_000_000_000_000L) long picoRho,
      @ForAll @DoubleRange(min = -14, max = -1) @Scale(4) double logDelta) {
    double delta = Math.pow(10, logDelta);
    double epsilon = Conversion.epsilon(new Zcdp(picoRho), delta);
    // The bound is rounded up by about 1e-14 of its largest term, hence the slack.
    assertThat(Conversion.epsilon(new Zcdp(picoRho + picoRho / 1000 + 1), delta))
        .isGreaterThanOrEqualTo(epsilon * (1 - 1e-12));
    assertThat(Conversion.epsilon(new Zcdp(picoRho), delta / 2))
        .isGreaterThanOrEqualTo(epsilon * (1 - 1e-12));
  }

  /** The older rho + 2 sqrt(rho ln(1/delta)) is always the looser bound. */
  @Property
  void epsilon_anyLoss_isAtMostTheClassicBound(
      @ForAll @LongRange(min = 1, max = 100_000_000_000_000L) long picoRho,
      @ForAll @DoubleRange(min = -14, max = -1) @Scale(4) double logDelta) {
    double rho = new Zcdp(picoRho).rho();
    double classic = rho + 2 * Math.sqrt(rho * -logDelta * Math.log(10));
    assertThat(Conversion.epsilon(new Zcdp(picoRho), Math.pow(10, logDelta)))
        .isLessThanOrEqualTo(classic * (1 + 1e-12));
  }

  @Test
  void epsilon_noLoss_isZero() {
    assertThat(Conversion.epsilon(Zcdp.ZERO, 1e-6)).isLessThan(1e-12);
  }

  /** Rounded up, the epsilon of hardly any loss exceeds such a guarantee. */
  @ParameterizedTest
  @CsvSource({"1e-300, 1e-6", "1e-18, 1e-9"})
  void budget_guaranteeOfAlmostNothing_isAtMostOnePicoRho(double epsilon, double delta) {
    assertThat(Conversion.budget(new ApproxDp(epsilon, delta)).picoRho()).isLessThan(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN})
  void epsilon_deltaOutOfRange_isRefusedByName(double delta) {
    assertThatThrownBy(() -> Conversion.epsilon(new Zcdp(1), delta))
        .hasMessage("delta must be in (0, 1): " + delta);
  }

  @Test
  @Tag("bench-data")
  void epsilonAndBudget_referenceFile_agree() throws IOException {
    Path reference = Path.of(System.getProperty("retort.benchData", "."))
        .resolveSibling("reference")
        .resolve("privacy_reference_values.csv");
    assumeTrue(Files.isRegularFile(reference), "skipped: no reference values at " + reference);
    List<String> lines = Files.readAllLines(reference);
    int checked = 0;
    for (String line : lines) {
      // mechanism,params,delta,expected,source, where params may be quoted and hold commas.
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        continue;
      }
      double parameter = Double.parseDouble(row.group(2));
      double delta = Double.parseDouble(row.group(3));
      double expected = Double.parseDouble(row.group(4));
      double actual = row.group(1).equals("zcdp_to_eps_cks20")
          ? Conversion.epsilon(new Zcdp(Math.round(parameter * 1e12)), delta)
          : Conversion.budget(new ApproxDp(parameter, delta)).rho();
      assertThat(actual).isCloseTo(expected, Percentage.withPercentage(1e-8));
      checked++;
    }
    assertThat(checked).isEqualTo(10);
  }
}
