package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort privacy epsilon}, {@code sigma}, {@code rho} and {@code queries}. */
final class PrivacyCampaignCommandsTest {

  private static Invocation run(String arguments) {
    return Invocation.of(
        Stream.concat(Stream.of("privacy"), Stream.of(arguments.split(" "))).toList());
  }

  private static JsonNode json(String arguments) {
    Invocation run = run(arguments + " --json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    return JsonMapper.shared().readTree(run.out());
  }

  private static double number(String arguments, String key) {
    return json(arguments).get(key).asDouble();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "epsilon --sigma 40 --l2-squared 2 --count 1000 --delta 1e-6",
        "sigma --epsilon 1 --l2-squared 2 --count 1000 --delta 1e-6",
        "queries --sigma 40 --epsilon 1 --l2-squared 2 --delta 1e-6"
      })
  void json_ofACampaign_hasAllKeysWithTwelveDigits(String arguments) {
    JsonNode out = json(arguments);
    assertThat(out.propertyNames())
        .containsExactly(
            "epsilon",
            "delta",
            "sigma",
            "rho",
            "queries",
            "mechanism",
            "sensitivity",
            "neighbours",
            "accountant",
            "bound");
    assertThat(out.get("accountant").asString()).isEqualTo("zcdp");
    assertThat(out.get("bound").asString()).isEqualTo("upper");
    assertThat(out.get("neighbours").asString()).isEqualTo("replace-one-unit");
    for (String key : List.of("epsilon", "delta", "sigma", "rho")) {
      assertThat(new BigDecimal(out.get(key).asString()).precision())
          .as(key)
          .isLessThanOrEqualTo(12);
    }
    assertThat(new BigDecimal(out.get("epsilon").asString()).precision()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --mechanism gaussian --sigma 40 --l2-squared 2 --count 1000 --delta 1e-6 --accountant gdp | 5.55085986824 | 1e-10
      --mechanism gaussian --sigma 40 --l2-squared 2 --count 1000 --delta 1e-6 --accountant pld | 5.55085986824 | 1e-10
      --sigma 40 --change 1 --count 1000 --delta 1e-6 --accountant pld                          | 3.74721809779 | 1e-5
      --mechanism laplace --b 2 --change 1 --count 20 --delta 1e-6 --accountant pld             | 9.67092016    | 1e-5
      --mechanism laplace --b 2 --l2-squared 1 --count 20 --delta 1e-6 --accountant pld         | 9.67092016    | 1e-5
      """)
  void epsilon_ofKnownCampaigns_isAtOrJustAboveTheTruth(
      String arguments, double expected, double tolerance) {
    assertThat(number("epsilon " + arguments, "epsilon"))
        .isBetween(expected - 1e-11, expected + tolerance);
  }

  @Test
  void epsilon_ofSampledNoiseAtGivenOrders_isTheBestOfThoseAlone() {
    String campaign =
        "epsilon --mechanism sampled-gaussian --q 0.01 --sigma 1 --l2-squared 1 --count 1000 --accountant rdp";
    String orders =
        IntStream.rangeClosed(2, 128).mapToObj(String::valueOf).collect(Collectors.joining(","));
    JsonNode out = json(campaign + " --orders " + orders);
    assertThat(out.get("epsilon").asDouble()).isCloseTo(2.10775307545, within(1e-10));
    assertThat(out.get("neighbours").asString()).isEqualTo("add-or-remove-one-record");
    assertThat(out.has("rho")).isFalse();
    assertThat(number(campaign, "epsilon")).isLessThan(2.10775307545);
  }

  @Test
  void epsilon_ofLaplace_namesItsScaleB() {
    JsonNode out = json("epsilon --mechanism laplace --b 2 --change 1,-0.5 --accountant rdp");
    assertThat(out.get("b").asDouble()).isEqualTo(2);
    assertThat(out.has("sigma")).isFalse();
    assertThat(out.get("sensitivity").asString()).isEqualTo("change 1,-0.5");
  }

  @Test
  void epsilon_ofEverySampledRecord_isThatOfTheGaussian() {
    String rest = " --sigma 4 --l2-squared 1 --count 10 --accountant ";
    for (String accountant : List.of("zcdp", "rdp", "gdp", "pld")) {
      assertThat(
              number("epsilon --mechanism sampled-gaussian --q 1" + rest + accountant, "epsilon"))
          .as(accountant)
          .isCloseTo(
              number("epsilon --mechanism gaussian" + rest + accountant, "epsilon"), within(1e-9));
    }
  }

  // Where next to no noise is left, sums of tiny terms underflow; a bound must not become 0 then.
  @ParameterizedTest
  @CsvSource({
    "rdp, 0.02",
    "rdp, 0.01",
    "rdp, 0.001",
    "rdp, 1e-9",
    "pld, 0.02",
    "pld, 0.01",
    "pld, 0.001",
    "pld, 1e-9"
  })
  void epsilon_ofHardlyAnyNoise_isLarge(String accountant, double sigma) {
    assertThat(number(
            "epsilon --change 1,-1 --count 10 --accountant " + accountant + " --sigma " + sigma,
            "epsilon"))
        .isGreaterThan(10 / (sigma * sigma) * 0.999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--mechanism laplace --b 1e-5 --change 1e5",
        "--mechanism sampled-gaussian --q 0.1 --sigma 0.01 --l2-squared 1",
        "--mechanism sampled-gaussian --q 1e-15 --sigma 1 --l2-squared 1"
      })
  void epsilon_beyondWhatALatticeHolds_isThatOfRenyi(String noise) {
    assertThat(number("epsilon " + noise + " --accountant pld", "epsilon"))
        .isEqualTo(number("epsilon " + noise + " --accountant rdp", "epsilon"));
  }

  @Test
  void rho_ofFigures_isNotRoundedWhereItIsRound() {
    assertThat(json("epsilon --sigma 40 --l2-squared 2 --count 1000").get("rho").asString())
        .isEqualTo("0.625");
  }

  @Test
  void sigma_ofTheGaussian_isTheExactCurves() {
    assertThat(number(
            "sigma --mechanism gaussian --epsilon 1 --delta 1e-5 --l2-squared 1 --accountant gdp",
            "sigma"))
        .isBetween(3.73063163482, 3.73063163482 + 1e-10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zcdp", "rdp", "gdp", "pld"})
  void sigma_ofTheDiscreteGaussian_isTheLeastWholeOne(String accountant) {
    String rest = " --change 1,-1 --count 100 --delta 1e-6 --accountant " + accountant;
    JsonNode out = json("sigma --epsilon 2" + rest);
    long sigma = out.get("sigma").asLong();
    assertThat(out.get("sigma").asDouble()).isEqualTo((double) sigma);
    assertThat(out.get("epsilon").asDouble()).isLessThanOrEqualTo(2);
    assertThat(number("epsilon --sigma " + sigma + rest, "epsilon")).isLessThanOrEqualTo(2);
    assertThat(number("epsilon --sigma " + (sigma - 1) + rest, "epsilon")).isGreaterThan(2);
  }

  @Test
  void rho_ofAPromise_isRoundedDownAndNextToTheFilters() {
    JsonNode out = json("rho --epsilon 1 --delta 1e-6");
    assertThat(out.propertyNames())
        .containsExactly("epsilon", "delta", "rho", "picoRho", "accountant", "bound");
    assertThat(out.get("rho").asString()).isEqualTo("0.0243559703595");
    assertThat(out.get("picoRho").asLong()).isEqualTo(24_355_970_359L);
  }

  @ParameterizedTest
  @CsvSource({"1,1e-6,38", "2,1e-6,141", "4,1e-6,497", "8,1e-6,1683", "1,1e-9,23"})
  void queries_byTheFilter_areThoseThatItGrants(String epsilon, String delta, long expected) {
    JsonNode out =
        json("queries --sigma 40 --l2-squared 2 --epsilon " + epsilon + " --delta " + delta);
    assertThat(out.get("queries").asLong()).isEqualTo(expected);
    assertThat(out.get("epsilon").asDouble()).isLessThanOrEqualTo(Double.parseDouble(epsilon));
  }

  // Each query costs exactly 10^-6 rho; rounding by the way must not make it one unit more.
  @Test
  void queries_ofARoundCost_areTheBudgetOverIt() {
    long budget = json("rho --epsilon 1 --delta 1e-6").get("picoRho").asLong();
    assertThat(json("queries --sigma 1000 --l2-squared 2 --epsilon 1 --delta 1e-6")
            .get("queries")
            .asLong())
        .isEqualTo(budget / 1_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zcdp", "rdp", "gdp", "pld"})
  void queries_ofAnyAccountant_fitAndOneMoreDoesNot(String accountant) {
    String rest = " --sigma 40 --change 1,-1 --delta 1e-6 --accountant " + accountant;
    long queries = json("queries --epsilon 1" + rest).get("queries").asLong();
    assertThat(number("epsilon --count " + queries + rest, "epsilon")).isLessThanOrEqualTo(1);
    assertThat(number("epsilon --count " + (queries + 1) + rest, "epsilon")).isGreaterThan(1);
  }

  @Test
  void queries_whereNoneFits_areNone() {
    JsonNode out = json("queries --sigma 1 --l2-squared 2 --epsilon 1");
    assertThat(out.get("queries").asLong()).isZero();
    assertThat(out.get("epsilon").asDouble()).isZero();
    assertThat(run("queries --sigma 1 --l2-squared 2 --epsilon 1").out())
        .startsWith("Not even 1 query");
  }

  @Test
  void queries_withNoiseBeyondAllNeed_areTheMostThatAreLookedAt() {
    Invocation run = run("queries --sigma 1e15 --l2-squared 2 --epsilon 1 --accountant rdp");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("At least 1000000000000 queries");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      epsilon --sigma 40 --l2-squared 2              | 1 query with discrete-gaussian noise of sigma 40 costs at most epsilon
      epsilon --sigma 40 --l2-squared 2 --count 2    | 2 queries with discrete-gaussian noise of sigma 40 cost at most epsilon
      sigma --epsilon 1 --l2-squared 2 --count 1000  | 1000 queries need discrete-gaussian noise of sigma
      rho --epsilon 1 --delta 1e-6                   | A filter of rho 0.0243559703595 promises epsilon 1 at delta 0.000001.
      queries --epsilon 1 --l2-squared 2 --sigma 40  | queries with discrete-gaussian noise of sigma 40 keep within epsilon 1
      """)
  void text_says_whatTheFiguresMean(String arguments, String sentence) {
    Invocation run = run(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines().findFirst().orElseThrow()).contains(sentence);
    assertThat(run.out()).contains("accountant   zcdp: ");
  }
}
