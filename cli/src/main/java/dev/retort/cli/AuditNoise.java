package dev.retort.cli;

import dev.retort.label.LabelGrid;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.NoisePlanner;
import dev.retort.privacy.Zcdp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of all audits that say what is claimed of the noise. */
final class AuditNoise {

  @ArgGroup(multiplicity = "1")
  private Amount amount = new Amount();

  static final class Amount {
    @Option(
        names = "--epsilon",
        description = "The claim. Sigma is derived from it as for a study of so many queries.")
    private @Nullable Double epsilon;

    @Option(names = "--sigma", description = "Noise in grid units; the claim is what it costs.")
    private @Nullable Integer sigma;
  }

  @Option(
      names = "--delta",
      defaultValue = "1e-5",
      description = "The delta of claim and bound. Default: ${DEFAULT-VALUE}.")
  private double delta;

  @Option(
      names = "--label-grid",
      defaultValue = "255",
      paramLabel = "S",
      description =
          "The integer total of one teacher's label; 1 is a vote. Default: ${DEFAULT-VALUE}.")
  private int labelGrid;

  @Option(
      names = "--confidence",
      defaultValue = "0.95",
      description =
          "The probability with which all that is certified is true. Default: ${DEFAULT-VALUE}.")
  private double confidence;

  /**
   * Noise and what it claims.
   *
   * @param mechanism the mechanism under audit
   * @param claim an upper bound on epsilon by the zCDP that the releases are charged
   */
  record Claim(DiscreteGaussianHistogram mechanism, double claim) {}

  double delta() {
    return delta;
  }

  double confidence() {
    return confidence;
  }

  LabelGrid grid() {
    return new LabelGrid(labelGrid);
  }

  /** The noise of releases of these sizes, all of them charged to one unit. */
  Claim claim(int classes, List<Integer> releaseRows) throws CommandFailedException {
    if (!(delta > 0 && delta < 1)) {
      throw new CommandFailedException("--delta must be in (0, 1): " + delta);
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new CommandFailedException("--confidence must be in (0, 1): " + confidence);
    }
    if (labelGrid < 1 || labelGrid > LabelGrid.MAX_SIZE) {
      throw new CommandFailedException(
          "--label-grid must be in [1, " + LabelGrid.MAX_SIZE + "]: " + labelGrid);
    }
    DiscreteGaussianHistogram mechanism =
        new DiscreteGaussianHistogram(grid(), classes, sigma(classes, releaseRows));
    Zcdp cost = Zcdp.ZERO;
    for (int rows : releaseRows) {
      Zcdp more = mechanism.cost(rows);
      if (more.rho() + cost.rho() > ScratchRelease.MOST_RHO_A_TRIAL) {
        throw new CommandFailedException(
            "--sigma must be larger: the queries of one trial cost more" + " than rho "
                + ScratchRelease.MOST_RHO_A_TRIAL + " at " + mechanism.sigma());
      }
      cost = cost.plus(more);
    }
    return new Claim(mechanism, Conversion.epsilon(cost, delta));
  }

  private int sigma(int classes, List<Integer> releaseRows) throws CommandFailedException {
    Integer given = amount.sigma;
    if (given != null) {
      if (given < 1) {
        throw new CommandFailedException("--sigma must be >= 1: " + given);
      }
      return given;
    }
    Double epsilon = amount.epsilon;
    if (epsilon == null || !(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new CommandFailedException("--epsilon must be > 0 and finite: " + epsilon);
    }
    return NoisePlanner.smallestSigma(
            grid(), classes, releaseRows, Conversion.budget(new ApproxDp(epsilon, delta)))
        .orElseThrow(
            () -> new CommandFailedException("--epsilon must be larger: no sigma below 2^24 keeps "
                + epsilon + " over these queries"));
  }
}
