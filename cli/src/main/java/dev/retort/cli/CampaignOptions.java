package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.CampaignPlanner;
import dev.retort.accounting.NoiseEvent;
import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.DiscreteGaussianOfLength;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.accounting.PrivacyLossDistribution;
import dev.retort.accounting.UnsupportedNoiseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What queries alike are answered with and how their cost is counted: the options that several commands share. */
final class CampaignOptions {

  private static final double MOST_COORDINATES = 1_000_000;

  @Option(
      names = "--mechanism",
      paramLabel = "KIND",
      defaultValue = "discrete-gaussian",
      converter = NoiseKind.Converter.class,
      description =
          "gaussian, discrete-gaussian (what nodes add), laplace, or sampled-gaussian (on a"
              + " Poisson sample of the records; neighbours differ by one record added or removed)."
              + " Default: ${DEFAULT-VALUE}.")
  private NoiseKind mechanism = NoiseKind.DISCRETE_GAUSSIAN;

  @Option(
      names = "--l2-squared",
      paramLabel = "X",
      description =
          "Squared L2 sensitivity of one query: 2 S^2 for label histograms of grid S. laplace takes it as that of a single"
              + " number.")
  private @Nullable Double l2Squared;

  @Option(
      names = "--change",
      split = ",",
      paramLabel = "N",
      description =
          "In place of --l2-squared, for discrete-gaussian and laplace: by how much neighbouring data move each coordinate"
              + " of one query, at worst. 1,-1 is one moved vote.")
  private @Nullable List<Double> change;

  @Option(
      names = "--q",
      paramLabel = "Q",
      description =
          "sampled-gaussian: the probability with which each record is sampled, in (0, 1].")
  private @Nullable Double rate;

  @Option(
      names = "--accountant",
      paramLabel = "NAME",
      defaultValue = "zcdp",
      converter = AccountantConverter.class,
      description =
          "zcdp (what a node's filter counts; alone valid where queries are chosen adaptively), rdp, gdp (the exact Gaussian"
              + " curve) or pld (the privacy-loss distribution, the tightest). Default: ${DEFAULT-VALUE}.")
  private CampaignAccountant accountant = CampaignAccountant.ZCDP;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "1e-5",
      description = "Default: ${DEFAULT-VALUE}.")
  private double delta = 1e-5;

  /** Reads an accountant as it is written. */
  static final class AccountantConverter implements ITypeConverter<CampaignAccountant> {
    @Override
    public CampaignAccountant convert(String text) {
      return Arrays.stream(CampaignAccountant.values())
          .filter(accountant -> name(accountant).equals(text))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("must be one of "
              + Arrays.stream(CampaignAccountant.values())
                  .map(CampaignOptions::name)
                  .collect(Collectors.joining(", "))
              + ": " + text));
    }
  }

  static String name(CampaignAccountant accountant) {
    return accountant.name().toLowerCase(Locale.ROOT);
  }

  NoiseKind mechanism() {
    return mechanism;
  }

  CampaignAccountant accountant() {
    return accountant;
  }

  double delta() {
    return delta;
  }

  /** What the scale of the noise is called: {@code b} or {@code sigma}. */
  String scaleName() {
    return mechanism == NoiseKind.LAPLACE ? "b" : "sigma";
  }

  /** The sensitivity, as it was given. */
  String sensitivity() {
    return change != null
        ? "change "
            + change.stream()
                .map(entry -> JsonNumbers.nearest(entry).toPlainString())
                .collect(Collectors.joining(","))
        : "L2 squared " + JsonNumbers.nearest(l2Squared == null ? 0 : l2Squared);
  }

  /** Refuses options that do not go together; to be called before any other question. */
  void check() throws CommandFailedException {
    checkDelta(delta);
    require(
        (l2Squared == null) != (change == null),
        "--l2-squared or --change must be given, and not both: how far one privacy unit moves a query");
    if (l2Squared != null) {
      require(
          l2Squared > 0 && Double.isFinite(l2Squared),
          "--l2-squared must be > 0 and finite: " + l2Squared);
      require(
          mechanism != NoiseKind.DISCRETE_GAUSSIAN
              || (l2Squared == Math.rint(l2Squared) && l2Squared < 0x1p53),
          "--l2-squared must be a whole number below 2^53 for discrete-gaussian, whose queries are integers: "
              + l2Squared);
    }
    if (change != null) {
      checkChange(change);
    }
    if (mechanism == NoiseKind.SAMPLED_GAUSSIAN) {
      require(
          rate != null && rate > 0 && rate <= 1,
          "--q must be given for sampled-gaussian, and in (0, 1]: " + rate);
    } else {
      require(
          rate == null, "--q must be left out for " + mechanism + ": only sampled-gaussian has it");
    }
  }

  private void checkChange(List<Double> entries) throws CommandFailedException {
    require(
        mechanism == NoiseKind.DISCRETE_GAUSSIAN || mechanism == NoiseKind.LAPLACE,
        "--change must be left out for " + mechanism + ", whose noise sees only --l2-squared");
    require(
        entries.size() <= MOST_COORDINATES && entries.stream().anyMatch(entry -> entry != 0),
        "--change must have at most 10^6 entries, one of them not 0: " + entries);
    for (double entry : entries) {
      require(Double.isFinite(entry), "--change must hold finite numbers: " + entry);
      require(
          mechanism == NoiseKind.LAPLACE
              || (entry == Math.rint(entry) && Math.abs(entry) <= DiscreteGaussian.MAX_CHANGE),
          "--change must hold integers within +-" + DiscreteGaussian.MAX_CHANGE
              + " for discrete-gaussian: " + entry);
    }
  }

  /** The query answered with noise of a scale. */
  NoiseEvent event(double scale) {
    double squared = l2Squared == null ? 0 : l2Squared;
    return switch (mechanism) {
      case GAUSSIAN -> new Gaussian(scale, squared);
      case DISCRETE_GAUSSIAN ->
        change == null
            ? new DiscreteGaussianOfLength(scale, squared)
            : new DiscreteGaussian(scale, change.stream().map(Double::longValue).toList());
      case LAPLACE ->
        new Laplace(scale, change == null ? List.of(Math.sqrt(squared) * (1 + 0x1p-52)) : change);
      case SAMPLED_GAUSSIAN -> new SampledGaussian(scale, squared, rate == null ? 1 : rate);
    };
  }

  /** The same, for the person at the terminal: its messages begin with an option's name. */
  static CommandFailedException failure(UnsupportedNoiseException unsupported) {
    return new CommandFailedException("--" + unsupported.getMessage());
  }

  static void checkDelta(double delta) throws CommandFailedException {
    require(
        delta >= PrivacyLossDistribution.SMALLEST_DELTA && delta < 1,
        "--delta must be in [" + PrivacyLossDistribution.SMALLEST_DELTA + ", 1): " + delta);
  }

  static void checkEpsilon(double epsilon) throws CommandFailedException {
    require(
        epsilon > 0 && Double.isFinite(epsilon), "--epsilon must be > 0 and finite: " + epsilon);
  }

  static void checkCount(long count) throws CommandFailedException {
    require(
        count >= 1 && count <= CampaignPlanner.MOST_QUERIES,
        "--count must be in [1, 10^12]: " + count);
  }

  static void require(boolean holds, String message) throws CommandFailedException {
    if (!holds) {
      throw new CommandFailedException(message);
    }
  }
}
