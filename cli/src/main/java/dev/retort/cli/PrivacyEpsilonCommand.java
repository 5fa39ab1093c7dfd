package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.NoiseEvent;
import dev.retort.accounting.UnsupportedNoiseException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort privacy epsilon}: what queries cost. */
@Command(
    name = "epsilon",
    description = {
      "What a number of queries alike cost: an upper bound on epsilon at delta.",
      "Neighbouring data sets differ by replacing all that one privacy unit contributed; for sampled-gaussian, by one"
          + " record added or removed."
    },
    mixinStandardHelpOptions = true)
final class PrivacyEpsilonCommand implements Callable<Integer> {

  @Mixin
  private final CampaignOptions campaign = new CampaignOptions();

  @Mixin
  private final ScaleOptions scale = new ScaleOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many queries, in [1, 10^12]. Default: ${DEFAULT-VALUE}.")
  private long count = 1;

  @Option(
      names = "--orders",
      split = ",",
      paramLabel = "A",
      description =
          "rdp: look at these Renyi orders alone, each above 1, with commas between. Default: the best of all.")
  private @Nullable List<Double> orders;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    campaign.check();
    CampaignOptions.checkCount(count);
    double noise = scale.of(campaign.mechanism());
    double epsilon = epsilon(campaign.event(noise));
    CampaignOptions.require(
        Double.isFinite(epsilon),
        orders == null
            ? "no epsilon holds by this accountant; raise --delta or the noise, or use another --accountant"
            : "--orders must hold one with a finite bound; try others, or leave it out for the best of all");
    CampaignFigures.of(campaign, noise, count, epsilon)
        .print(
            json,
            CampaignOptions.queries(count) + " with " + campaign.noise(noise)
                + (count == 1 ? " costs" : " cost") + " at most " + campaign.at(epsilon) + ".");
    return 0;
  }

  private double epsilon(NoiseEvent event) throws CommandFailedException {
    try {
      if (orders == null) {
        return accounted(event);
      }
      CampaignOptions.require(
          campaign.accountant() == CampaignAccountant.RDP,
          "--orders must be left out unless --accountant is rdp");
      for (double order : orders) {
        CampaignOptions.require(
            order > 1 && Double.isFinite(order), "--orders must be > 1 and finite: " + order);
      }
      return CampaignAccountant.epsilon(event, count, campaign.delta(), orders);
    } catch (UnsupportedNoiseException unsupported) {
      throw CampaignOptions.failure(unsupported);
    }
  }

  private double accounted(NoiseEvent event) throws UnsupportedNoiseException {
    if (!campaign.isSlow()) {
      return campaign.accountant().epsilon(event, count, campaign.delta());
    }
    SearchLine line = SearchLine.onStderr("computing epsilon");
    try {
      return campaign.accountant().epsilon(event, count, campaign.delta());
    } finally {
      line.close();
    }
  }
}
