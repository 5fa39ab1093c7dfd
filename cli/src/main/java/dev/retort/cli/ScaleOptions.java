package dev.retort.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much noise there is: {@code --b} for Laplace, {@code --sigma} for all else. */
final class ScaleOptions {

  @Option(
      names = "--sigma",
      paramLabel = "X",
      description = "Standard deviation of the noise on each coordinate; all but laplace.")
  private @Nullable Double sigma;

  @Option(
      names = "--b",
      paramLabel = "X",
      description = "laplace: the scale of exp(-|x| / b); the standard deviation is sqrt(2) b.")
  private @Nullable Double b;

  /** The scale, checked against the mechanism. */
  double of(NoiseKind mechanism) throws CommandFailedException {
    boolean laplace = mechanism == NoiseKind.LAPLACE;
    Double wanted = laplace ? b : sigma;
    String name = laplace ? "--b" : "--sigma";
    CampaignOptions.require(
        (laplace ? sigma : b) == null,
        (laplace ? "--sigma" : "--b") + " must be left out for " + mechanism + "; give " + name);
    if (wanted == null) {
      throw new CommandFailedException(name + " must say how much "
          + (laplace
              ? "laplace noise there is: its scale b"
              : mechanism + " noise there is: its standard deviation"));
    }
    CampaignOptions.checkScale(name, wanted);
    return wanted;
  }
}
