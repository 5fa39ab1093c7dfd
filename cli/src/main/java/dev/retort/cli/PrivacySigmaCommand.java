package dev.retort.cli;

import dev.retort.accounting.CampaignPlanner;
import dev.retort.accounting.UnsupportedNoiseException;
import dev.retort.noise.DiscreteGaussian;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort privacy sigma}: how much noise a promise needs. */
@Command(
    name = "sigma",
    description = {
      "The least noise with which a number of queries alike keep within epsilon at delta.",
      "A whole number below 2^24 for discrete-gaussian, as nodes sample it; for laplace it is b."
    },
    mixinStandardHelpOptions = true)
final class PrivacySigmaCommand implements Callable<Integer> {

  @Mixin
  private final CampaignOptions campaign = new CampaignOptions();

  @Option(
      names = "--epsilon",
      required = true,
      paramLabel = "E",
      description = "What the queries may cost together, in (0, 10^6].")
  private double epsilon;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many queries, in [1, 10^12]. Default: ${DEFAULT-VALUE}.")
  private long count = 1;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    campaign.check();
    CampaignOptions.checkEpsilon(epsilon);
    CampaignOptions.checkCount(count);
    try {
      double scale = watched();
      double spent = campaign.accountant().epsilon(campaign.event(scale), count, campaign.delta());
      CampaignFigures.of(campaign, scale, count, spent)
          .print(
              json,
              CampaignOptions.queries(count) + (count == 1 ? " needs " : " need ")
                  + campaign.noise(scale) + (count == 1 ? "; it then costs" : "; they then cost")
                  + " at most "
                  + campaign.at(spent) + ".");
    } catch (UnsupportedNoiseException unsupported) {
      throw CampaignOptions.failure(unsupported);
    }
    return 0;
  }

  private double watched() throws UnsupportedNoiseException, CommandFailedException {
    if (!campaign.isSlow()) {
      return smallest((tried, cost) -> {});
    }
    try (SearchLine line = SearchLine.onStderr("searching " + campaign.scaleName())) {
      return smallest(line);
    }
  }

  private double smallest(CampaignPlanner.Watcher watcher)
      throws UnsupportedNoiseException, CommandFailedException {
    if (campaign.mechanism() == NoiseKind.DISCRETE_GAUSSIAN) {
      int sigma = CampaignPlanner.smallestWholeScale(
          campaign.accountant(),
          campaign::event,
          DiscreteGaussian.SIGMA_LIMIT,
          count,
          epsilon,
          campaign.delta(),
          watcher);
      CampaignOptions.require(
          sigma > 0,
          "--epsilon must be larger: no sigma below 2^24 is enough, the most that nodes sample; or raise --delta, or"
              + " lower --count or the sensitivity");
      return sigma;
    }
    double scale = CampaignPlanner.smallestScale(
        campaign.accountant(), campaign::event, count, epsilon, campaign.delta(), watcher);
    CampaignOptions.require(
        Double.isFinite(scale),
        "--epsilon must be larger: no " + campaign.scaleName()
            + " up to 1e15 is enough; or raise --delta, or lower --count or the sensitivity");
    return scale;
  }
}
