package dev.retort.accounting;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.accounting.PrivacyLossDistribution.Repeated;
import dev.retort.audit.OneRunBound;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every accountant against figures that were computed without it. A closed form agrees to 1e-10 or to the digits of the
 * figure; a privacy-loss distribution is never below the figure and at most 1e-5 of it above.
 */
@Tag("bench-data")
final class ReferenceValuesTest {

  private interface Check {
    void of(ReferenceRow row) throws Exception;
  }

  private static final Map<String, Check> COVERED = Map.ofEntries(
      entry("gaussian_eps", ReferenceValuesTest::gaussianEpsilon),
      entry(
          "gaussian_delta",
          row -> row.closely(GaussianDp.delta(row.number("mu"), row.number("eps")))),
      entry("gaussian_sigma", ReferenceValuesTest::gaussianSigma),
      entry(
          "gaussian_hetero_mu",
          row ->
              row.closely(LossParts.removing(heterogeneous(row), LossLaws.REACH).gaussianMu())),
      entry(
          "gaussian_hetero_eps",
          row -> row.closely(PrivacyLossDistribution.of(heterogeneous(row)).epsilon(row.delta()))),
      entry("gaussian_noise_variance", ReferenceValuesTest::gaussianVariance),
      entry(
          "gaussian_delta_pld",
          row ->
              // Cut, not rounded, to six digits.
              assertThat(PrivacyLossDistribution.of(new Gaussian(Math.sqrt(3), 1), 3)
                      .delta(1))
                  .isCloseTo(row.value(), within(1e-6))),
      entry(
          "gaussian_rho",
          row -> row.closely(row.whole("k")
              * CampaignAccountant.rho(new Gaussian(row.number("sigma"), row.squared("l2"))))),
      entry(
          "zcdp_of_pure",
          row -> row.closely(CampaignAccountant.rho(laplace(1, row.number("eps0"))))),
      entry(
          "zcdp_to_eps_cks20",
          row -> row.closely(Conversion.epsilon(row.number("rho"), row.delta()))),
      entry(
          "zcdp_to_eps_bs16",
          row ->
              // The older, looser formula, which is used nowhere.
              assertThat(Conversion.epsilon(row.number("rho"), row.delta()))
                  .isLessThan(row.value())),
      entry("zcdp_budget_from_eps", ReferenceValuesTest::budget),
      entry("rdp_to_eps_cks20", ReferenceValuesTest::renyiAtOneOrder),
      entry(
          "rdp_to_eps_mironov17",
          row -> assertThat(GnmaxBound.epsilon(row.number("alpha"), row.number("rdp"), row.delta()))
              .isLessThan(row.value())),
      entry(
          "rdp_to_delta_cks20",
          row ->
              // The same formula, read the other way.
              assertThat(GnmaxBound.epsilon(row.number("alpha"), row.number("rdp"), row.value()))
                  .isCloseTo(row.number("eps"), within(1e-10))),
      entry("rdp_grid_eps", ReferenceValuesTest::renyiGrid),
      entry(
          "pure_dp_rdp_constant_to_eps",
          row -> row.closely(
              RenyiConversion.epsilon(order -> row.number("rdp"), wholeOrders(32), row.delta()))),
      entry(
          "laplace_rdp",
          row -> row.closely(
              RenyiCurves.of(laplace(row.number("b"), row.number("l1"))).at(row.order()))),
      entry(
          "laplace_delta",
          row ->
              row.oneSided(PrivacyLossDistribution.of(laplace(row.number("b"), row.number("l1")), 1)
                  .delta(row.number("eps")))),
      entry(
          "laplace_smallest_parameter",
          row -> assertThat(CampaignPlanner.smallestScale(
                  CampaignAccountant.PLD,
                  scale -> laplace(scale, row.number("sensitivity")),
                  row.whole("k"),
                  row.number("eps"),
                  row.delta()))
              .isCloseTo(row.value(), within(0.1))),
      entry(
          "pure_dp_optimal_composition",
          row ->
              row.oneSided(twoPoints(row.number("eps0"), 0, row.whole("k")).epsilon(row.delta()))),
      entry("advanced_composition_kov", ReferenceValuesTest::compositionOfPairs),
      entry(
          "discrete_gaussian_delta",
          row ->
              row.oneSided(PrivacyLossDistribution.of(discrete(row), 1).delta(row.number("eps")))),
      entry(
          "discrete_gaussian_eps",
          row -> row.oneSided(
              PrivacyLossDistribution.of(discrete(row), row.whole("k")).epsilon(row.delta()))),
      entry(
          "discrete_gaussian_comp_eps",
          row -> row.oneSided(
              PrivacyLossDistribution.of(discrete(row), row.whole("coords")).epsilon(row.delta()))),
      entry(
          "discrete_gaussian_rdp",
          row -> row.closely(RenyiCurves.of(discrete(row)).at(row.order()))),
      entry("discrete_gaussian_variance", ReferenceValuesTest::discreteVariance),
      entry("discrete_gaussian_pld_pmf", ReferenceValuesTest::connectedMasses),
      entry(
          "ddg_tau",
          row -> row.closely(
              new DistributedNoise((int) row.whole("n"), row.number("sigma2_local")).tau())),
      entry(
          "sampled_gaussian_rdp",
          row -> row.closely(RenyiCurves.of(sampled(row)).at(row.order()))),
      entry("sampled_gaussian_rdp_x50", ReferenceValuesTest::fiftySampled),
      entry(
          "sampled_gaussian_rdp_eps",
          row -> row.closely(CampaignAccountant.epsilon(
              sampled(row), row.whole("T"), row.delta(), wholeOrders(128)))),
      entry("sampled_gaussian_delta", ReferenceValuesTest::sampledDelta),
      entry(
          "sampled_gaussian_delta_pld",
          row ->
              // Quoted with that tolerance.
              assertThat(PrivacyLossDistribution.of(sampled(row), row.whole("T"))
                      .delta(row.number("eps")))
                  .isCloseTo(row.value(), within(1e-3))),
      entry("sampled_gaussian_comp_eps", ReferenceValuesTest::sampledEpsilon),
      entry(
          "hetero_comp_eps",
          row -> row.oneSided(PrivacyLossDistribution.of(List.of(
                  new Repeated(new SampledGaussian(1, 1, 0.01), 500),
                  new Repeated(new Gaussian(10, 1), 20)))
              .epsilon(row.delta()))),
      entry("pld_comp_eps_bracket", ReferenceValuesTest::bracket),
      entry(
          "gnmax_logq",
          row -> assertThat(GnmaxBound.logQ(counts(row), row.number("sigma")))
              .isCloseTo(row.value(), within(-row.value() * 1e-10))),
      entry(
          "gnmax_rdp_data_dependent",
          row -> row.closely(GnmaxBound.renyi(
              row.order(),
              GnmaxBound.logQ(counts(row), row.number("sigma")),
              row.number("sigma")))),
      entry(
          "confident_gnmax_threshold_rdp",
          row -> row.closely(GnmaxBound.thresholdRenyi(row.order(), row.number("sigma1")))),
      entry(
          "one_run_audit_eps_lower_bound",
          row -> row.closelyBelow(new OneRunBound(
                  (int) row.whole("m"), (int) row.whole("guesses"), (int) row.whole("correct"))
              .epsilon(row.delta(), row.number("confidence")))));

  /** Kinds of row that no accountant of Retort has an answer to, and why. */
  private static final Map<String, String> NOT_COVERED = Map.of(
      "exponential_mechanism_rdp", "Retort has no exponential mechanism",
      "randomized_response_rdp", "Retort has no randomised response",
      "mixture_of_gaussians_eps", "Retort samples records, not sums of several at once",
      "epsilon_delta_composition", "no event of Retort is known by epsilon and delta alone",
      "pure_dp_poisson_amplified", "Retort samples with Gaussian noise alone");

  @TestFactory
  Stream<DynamicTest> accountants_eachRow_agree() throws IOException {
    return rows().stream()
        .filter(row -> !NOT_COVERED.containsKey(row.kind()))
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
          Check check = COVERED.get(row.kind());
          if (check == null) {
            throw new AssertionError("kind must be covered, or named as not covered: " + row);
          }
          check.of(row);
        }));
  }

  @Test
  void kinds_ofTheFile_areCoveredOrNamed() throws IOException {
    Set<String> named = new HashSet<>(COVERED.keySet());
    named.addAll(NOT_COVERED.keySet());
    assertThat(rows().stream().map(ReferenceRow::kind).collect(Collectors.toSet()))
        .isEqualTo(named);
  }

  private static List<ReferenceRow> rows() throws IOException {
    Path file = Path.of(System.getProperty("retort.benchData", "absent"))
        .resolveSibling("reference")
        .resolve("privacy_reference_values.csv");
    assumeTrue(
        Files.isRegularFile(file),
        "reference values " + file + " are absent; set retort.benchData to the folder beside them");
    return ReferenceRow.read(file);
  }

  private static Laplace laplace(double scale, double change) {
    return new Laplace(scale, List.of(change));
  }

  private static DiscreteGaussian discrete(ReferenceRow row) {
    return new DiscreteGaussian(Math.sqrt(row.number("sigma2")), List.of(row.whole("Delta")));
  }

  private static SampledGaussian sampled(ReferenceRow row) {
    return new SampledGaussian(row.number("sigma"), 1, row.number("q"));
  }

  private static List<Double> wholeOrders(int largest) {
    return IntStream.rangeClosed(2, largest).mapToObj(Double::valueOf).toList();
  }

  private static void gaussianEpsilon(ReferenceRow row) throws UnsupportedNoiseException {
    Gaussian event = new Gaussian(row.number("sigma"), row.squared("l2"));
    row.closely(CampaignAccountant.GDP.epsilon(event, row.whole("k"), row.delta()));
    row.closely(CampaignAccountant.PLD.epsilon(event, row.whole("k"), row.delta()));
  }

  private static void gaussianSigma(ReferenceRow row) throws UnsupportedNoiseException {
    row.closely(row.number("l2") / GaussianDp.mu(row.number("eps"), row.delta()));
    row.closely(CampaignPlanner.smallestScale(
        CampaignAccountant.GDP,
        sigma -> new Gaussian(sigma, row.squared("l2")),
        1,
        row.number("eps"),
        row.delta()));
  }

  private static void gaussianVariance(ReferenceRow row) {
    double sigma = 1 / GaussianDp.mu(Math.log(3), 1e-5);
    // Their sigma is at most 1e-3 above the tight one.
    assertThat(sigma * sigma)
        .isLessThanOrEqualTo(row.value() + row.rounding())
        .isGreaterThan(row.value() / (1.001 * 1.001));
  }

  private static List<Repeated> heterogeneous(ReferenceRow row) {
    Matcher part = Pattern.compile("(\\d+)x\\((sigma=[\\d.]+),(l2=[^)]+)\\)").matcher(row.params());
    List<Repeated> events = new ArrayList<>();
    while (part.find()) {
      ReferenceRow one =
          new ReferenceRow(row.kind(), part.group(2) + ";" + part.group(3), "", "0", "");
      events.add(new Repeated(
          new Gaussian(one.number("sigma"), one.squared("l2")), Long.parseLong(part.group(1))));
    }
    assertThat(events).hasSize(3);
    return events;
  }

  private static void budget(ReferenceRow row) throws UnsupportedNoiseException {
    double epsilon = row.number("eps");
    row.closelyBelow(CampaignPlanner.largestRho(epsilon, row.delta()));
    // A ledger's budget is whole pico-rho.
    long picoRho = Conversion.budget(new ApproxDp(epsilon, row.delta())).picoRho();
    assertThat(picoRho).isCloseTo(Math.round(row.value() * 1e12), within(6L));
    long queries = Long.parseLong(row.params().replaceAll(".*=", ""));
    assertThat(CampaignPlanner.mostQueries(
            CampaignAccountant.ZCDP, new Gaussian(40, 2), epsilon, row.delta()))
        .isEqualTo(queries);
    assertThat(picoRho / 625_000_000L).isEqualTo(queries);
  }

  private static void renyiAtOneOrder(ReferenceRow row) {
    double alpha = row.number("alpha");
    row.closely(GnmaxBound.epsilon(alpha, row.number("rdp"), row.delta()));
    row.closely(RenyiConversion.epsilon(order -> row.number("rdp"), List.of(alpha), row.delta()));
  }

  private static void renyiGrid(ReferenceRow row) {
    Matcher grid = Pattern.compile("grid=([\\d.,]+)").matcher(row.params());
    assertThat(grid.find()).isTrue();
    List<Double> orders =
        Arrays.stream(grid.group(1).split(",", -1)).map(Double::valueOf).toList();
    row.closely(CampaignAccountant.epsilon(
        new Gaussian(row.number("sigma"), 1), row.whole("k"), row.delta(), orders));
  }

  // Whatever is epsilon-DP has at most this loss; with delta besides, an infinite one (Kairouz, Oh,
  // Viswanath 2015).
  private static LossComposition twoPoints(double epsilon, double delta, long count) {
    double above = (1 - delta) / (1 + Math.exp(-epsilon));
    return new LossComposition(List.of(new LossComposition.Part(
        new LossCells(
            0,
            epsilon,
            new long[] {-1, 1},
            new double[] {(1 - delta) / (1 + Math.exp(epsilon)), above},
            delta),
        count)));
  }

  private static void compositionOfPairs(ReferenceRow row) {
    LossComposition composed = twoPoints(row.number("eps"), row.number("delta"), row.whole("k"));
    // Quoted on the lattice of the losses, of which every second is taken.
    assertThat(row.at()).startsWith("total_delta=");
    double total = Double.parseDouble(row.at().substring("total_delta=".length()));
    assertThat(composed.delta(row.value())).isLessThanOrEqualTo(total);
    assertThat(composed.delta(row.value() - 2)).isGreaterThan(total);
    assertThat(composed.epsilon(total)).isBetween(row.value() - 2, row.value());
  }

  private static void discreteVariance(ReferenceRow row) {
    LossCells cells = DiscreteLoss.exact(Math.sqrt(row.number("sigma2")), 1, 1, LossLaws.REACH);
    double variance = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      variance += cells.mass(cell) * cells.index(cell) * cells.index(cell);
    }
    assertThat(variance).isCloseTo(row.value(), within(row.value() * 1e-10));
  }

  private static void connectedMasses(ReferenceRow row) {
    // They cut the noise off at 1 and 1 from it, where the loss becomes infinite. Three integers
    // are
    // the least that are followed here, at their losses -h + l, l, h + l.
    double sigma = row.number("sigma");
    double step = row.number("h");
    LossCells cells = DiscreteLoss.connected(sigma, 1, step, 0);
    double all = 0;
    double largest = 0;
    double wanted = 0;
    Matcher index = Pattern.compile("mass at (?:idx|index) ([+-]?\\d+)").matcher(row.params());
    double bound = index.find() ? Double.parseDouble(index.group(1)) * step : 1 / (sigma * sigma);
    boolean infinite = row.params().endsWith("infinity");
    for (int cell = 0; cell < cells.size(); cell++) {
      double loss = cells.loss(cell);
      all += cells.mass(cell);
      largest += infinite && loss > bound ? cells.mass(cell) : 0;
      wanted += !infinite && Math.abs(loss - bound) < step / 2 ? cells.mass(cell) : 0;
    }
    assertThat((infinite ? largest : wanted) / all).isCloseTo(row.value(), within(1e-9));
  }

  private static void fiftySampled(ReferenceRow row) {
    double divergence = row.whole("count") * RenyiCurves.of(sampled(row)).at(row.order());
    Matcher exact = Pattern.compile("exact (\\S+) \\(own\\)").matcher(row.source());
    if (exact.find()) {
      // The quoted figure is too large.
      assertThat(divergence)
          .isCloseTo(Double.parseDouble(exact.group(1)), within(5e-13))
          .isLessThan(row.value());
    } else {
      row.closely(divergence);
    }
  }

  private static void sampledDelta(ReferenceRow row) {
    List<Repeated> once = List.of(new Repeated(sampled(row), 1));
    LossParts parts = row.text("dir").equals("remove")
        ? LossParts.removing(once, LossLaws.REACH)
        : LossParts.adding(once, LossLaws.REACH);
    row.oneSided(new LossComposition(parts.onLattice(4096)).delta(row.number("eps")));
    assertThat(PrivacyLossDistribution.of(once).delta(row.number("eps")))
        .isGreaterThanOrEqualTo(row.value() - row.rounding());
  }

  private static void sampledEpsilon(ReferenceRow row) {
    long count = row.whole("T");
    PrivacyLossDistribution distribution = PrivacyLossDistribution.of(sampled(row), count);
    row.oneSided(distribution.epsilon(row.delta()));
    assertThat(Math.max(row.number("remove"), row.number("add"))).isEqualTo(row.value());
    LossComposition adding = new LossComposition(
        LossParts.adding(List.of(new Repeated(sampled(row), count)), LossLaws.REACH)
            .onLattice(256));
    row.oneSided(adding.epsilon(row.delta()), row.number("add"));
  }

  private static void bracket(ReferenceRow row) {
    String mechanism = row.params().split(" ", 2)[0];
    NoiseEvent event = switch (mechanism) {
      case "gaussian" -> new Gaussian(row.number("sigma"), 1);
      case "laplace" -> laplace(row.number("b"), 1);
      case "sampled_gaussian" -> sampled(row);
      case "discrete_gaussian" -> new DiscreteGaussian(row.number("sigma"), List.of(1L));
      default -> throw new AssertionError("mechanism must be known: " + mechanism);
    };
    double epsilon = PrivacyLossDistribution.of(event, row.whole("T")).epsilon(row.delta());
    // Refined to a millionth, where the bracket may come from a finer lattice and a minute's work.
    assertThat(epsilon).isBetween(row.number("optimistic"), row.number("pessimistic") * (1 + 1e-6));
  }

  private static List<Long> counts(ReferenceRow row) {
    return Arrays.stream(row.text("counts").split("/", -1)).map(Long::valueOf).toList();
  }
}
