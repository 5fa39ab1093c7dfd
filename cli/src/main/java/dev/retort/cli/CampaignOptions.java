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
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
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
  // Squares and counts of what lies within stay far from the ends of a double.
  private static final double SMALLEST = 1e-15;
  private static final double LARGEST = 1e15;
  private static final double LARGEST_EPSILON = 1e6;

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
          "Squared L2 sensitivity of one query: how far one privacy unit moves the answer. 2 S^2 for label histograms of grid"
              + " S, so 2 for votes; for sampled-gaussian that of one record. laplace takes it as that of a single number.")
  private @Nullable Double l2Squared;

  @Option(
      names = "--change",
      split = ",",
      paramLabel = "N",
      description =
          "In place of --l2-squared, for discrete-gaussian and laplace: by how much neighbouring data move each coordinate"
              + " of one query, at worst. 1,-1 is one moved vote. With pld tighter than the length alone, and needed where"
              + " that is above 3.")
  private @Nullable List<Double> change;

  @Option(
      names = "--q",
      paramLabel = "Q",
      description =
          "sampled-gaussian: the probability with which each record is sampled, in [1e-15, 1].")
  private @Nullable Double rate;

  @Option(
      names = "--accountant",
      paramLabel = "NAME",
      defaultValue = "zcdp",
      converter = AccountantConverter.class,
      description =
          "zcdp (what a node's filter counts, and alone valid where queries are chosen adaptively), rdp (Renyi DP), gdp (the"
              + " exact Gaussian curve) or pld (the privacy-loss distribution, the tightest). Default: ${DEFAULT-VALUE}.")
  private CampaignAccountant accountant = CampaignAccountant.ZCDP;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "1e-5",
      description = "The delta of the guarantee, in [1e-200, 1). Default: ${DEFAULT-VALUE}.")
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

  /** What neighbouring data sets differ by. */
  String neighbours() {
    return mechanism == NoiseKind.SAMPLED_GAUSSIAN
        ? "add-or-remove-one-record"
        : "replace-one-unit";
  }

  /** What the accountant does, and for which campaigns its figure holds. */
  String validity() {
    return switch (accountant) {
      case ZCDP -> "as a node's filter counts; holds even where queries are chosen adaptively";
      case RDP -> "Renyi DP; for noise and count fixed in advance";
      case GDP ->
        mechanism == NoiseKind.DISCRETE_GAUSSIAN
            ? "the exact curve of the Gaussian hidden in the noise; for noise and count fixed in advance"
            : "the exact Gaussian curve; for noise and count fixed in advance";
      case PLD -> "the privacy-loss distribution; for noise and count fixed in advance";
    };
  }

  /** The noise, for a sentence. */
  String noise(double scale) {
    return mechanism + " noise of " + scaleName() + " "
        + JsonNumbers.upper(scale).toPlainString();
  }

  /** Queries, for a sentence. */
  static String queries(long count) {
    return count == 1 ? "1 query" : count + " queries";
  }

  /** {@code epsilon E at delta D}, for a sentence. */
  String at(double epsilon) {
    return "epsilon " + JsonNumbers.upper(epsilon).toPlainString() + " at delta "
        + JsonNumbers.nearest(delta);
  }

  /** Whether one figure takes more than milliseconds. */
  boolean isSlow() {
    return accountant == CampaignAccountant.PLD || !hasRho();
  }

  /** Whether zCDP has anything to say of the noise. */
  boolean hasRho() {
    return mechanism != NoiseKind.SAMPLED_GAUSSIAN || (rate != null && rate == 1);
  }

  /** The rho of {@code count} queries, rounded up to 12 digits: of the numbers as they were written, without any other rounding. */
  BigDecimal rho(double scale, long count) {
    BigDecimal queries = BigDecimal.valueOf(count);
    return JsonNumbers.upper(lengthSquared()
        .multiply(queries)
        .divide(twiceSquared(scale), new MathContext(40, RoundingMode.CEILING)));
  }

  /** What a node's filter charges for one query, in units of 1e-12 rho, rounded up. */
  BigDecimal picoRho(double scale) {
    return lengthSquared().movePointRight(12).divide(twiceSquared(scale), 0, RoundingMode.CEILING);
  }

  private BigDecimal lengthSquared() {
    return change == null
        ? BigDecimal.valueOf(l2Squared == null ? 0 : l2Squared)
        : change.stream()
            .map(entry -> BigDecimal.valueOf(entry).pow(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static BigDecimal twiceSquared(double scale) {
    return BigDecimal.valueOf(scale).pow(2).multiply(BigDecimal.valueOf(2));
  }

  /** Refuses options that do not go together; to be called before any other question. */
  void check() throws CommandFailedException {
    checkDelta(delta);
    boolean changeAllowed =
        mechanism == NoiseKind.DISCRETE_GAUSSIAN || mechanism == NoiseKind.LAPLACE;
    require(
        l2Squared != null || change != null,
        changeAllowed
            ? "--l2-squared or --change must say how far one privacy unit moves a query; for one moved vote, --change 1,-1"
            : "--l2-squared must say how far one privacy unit moves a query; for one moved vote, --l2-squared 2");
    require(
        changeAllowed || change == null,
        "--change must be left out for " + mechanism
            + ", where the length of a change is all that counts; give --l2-squared");
    require(
        l2Squared == null || change == null,
        "--l2-squared must be left out where --change is given, which has a length of its own");
    if (l2Squared != null) {
      require(
          l2Squared >= SMALLEST * SMALLEST && l2Squared <= LARGEST * LARGEST,
          "--l2-squared must be in [1e-30, 1e30]: " + l2Squared);
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
          rate != null,
          "--q must say with which probability sampled-gaussian samples each record; without sampling use gaussian");
      require(rate != null && rate >= SMALLEST && rate <= 1, "--q must be in [1e-15, 1]: " + rate);
    } else {
      require(
          rate == null, "--q must be left out for " + mechanism + "; only sampled-gaussian has it");
    }
  }

  private void checkChange(List<Double> entries) throws CommandFailedException {
    require(
        entries.size() <= MOST_COORDINATES,
        "--change must have at most 10^6 entries: " + entries.size());
    for (double entry : entries) {
      double size = Math.abs(entry);
      if (mechanism == NoiseKind.LAPLACE) {
        require(
            size == 0 || (size >= SMALLEST && size <= LARGEST),
            "--change must hold numbers within +-1e15, and none but 0 within +-1e-15: " + entry);
      } else {
        require(
            entry == Math.rint(entry) && size <= DiscreteGaussian.MAX_CHANGE,
            "--change must hold integers within +-" + DiscreteGaussian.MAX_CHANGE
                + " for discrete-gaussian: " + entry);
      }
    }
    require(
        entries.stream().anyMatch(entry -> entry != 0),
        "--change must have an entry that is not 0, since nothing would be lost otherwise");
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
        "--delta must be in [1e-200, 1): " + delta);
  }

  static void checkEpsilon(double epsilon) throws CommandFailedException {
    require(
        epsilon > 0 && epsilon <= LARGEST_EPSILON, "--epsilon must be in (0, 10^6]: " + epsilon);
  }

  static void checkScale(String name, double scale) throws CommandFailedException {
    require(scale >= SMALLEST && scale <= LARGEST, name + " must be in [1e-15, 1e15]: " + scale);
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
