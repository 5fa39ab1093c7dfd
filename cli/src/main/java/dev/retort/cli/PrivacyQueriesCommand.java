package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.CampaignPlanner;
import dev.retort.accounting.NoiseEvent;
import dev.retort.accounting.UnsupportedNoiseException;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort privacy queries}: how many queries a budget holds. */
@Command(
    name = "queries",
    description = {
      "The most queries alike that keep within epsilon at delta.",
      "By zcdp they are counted as a node's filter counts: the budget rounded down and each query's cost rounded up to"
          + " 1e-12 rho. A node rounds once a block, which may fit a few more."
    },
    mixinStandardHelpOptions = true)
final class PrivacyQueriesCommand implements Callable<Integer> {

  @Mixin
  private final CampaignOptions campaign = new CampaignOptions();

  @Mixin
  private final ScaleOptions scale = new ScaleOptions();

  @Option(
      names = "--epsilon",
      required = true,
      paramLabel = "E",
      description = "What the queries may cost together, in (0, 10^6].")
  private double epsilon;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    campaign.check();
    CampaignOptions.checkEpsilon(epsilon);
    double noise = scale.of(campaign.mechanism());
    NoiseEvent event = campaign.event(noise);
    try {
      long count = most(noise, event);
      double spent = count == 0 ? 0 : campaign.accountant().epsilon(event, count, campaign.delta());
      CampaignFigures.of(campaign, noise, count, spent).print(json, sentence(noise, count, spent));
    } catch (UnsupportedNoiseException unsupported) {
      throw CampaignOptions.failure(unsupported);
    }
    return 0;
  }

  private String sentence(double noise, long count, double spent) {
    String budget = campaign.at(epsilon);
    if (count == 0) {
      return "Not even 1 query with " + campaign.noise(noise) + " keeps within " + budget + ".";
    }
    return (count == CampaignPlanner.MOST_QUERIES ? "At least " : "")
        + CampaignOptions.queries(count) + " with " + campaign.noise(noise)
        + (count == 1 ? " keeps within " : " keep within ") + budget
        + (count == 1 ? ": it costs" : ": together they cost") + " at most " + campaign.at(spent)
        + ".";
  }

  private long most(double noise, NoiseEvent event) throws UnsupportedNoiseException {
    if (campaign.accountant() == CampaignAccountant.ZCDP) {
      return asTheFilterCounts(noise, event);
    }
    if (!campaign.isSlow()) {
      return CampaignPlanner.mostQueries(campaign.accountant(), event, epsilon, campaign.delta());
    }
    try (SearchLine line = SearchLine.onStderr("counting queries")) {
      return CampaignPlanner.mostQueries(
          campaign.accountant(), event, epsilon, campaign.delta(), line);
    }
  }

  private long asTheFilterCounts(double noise, NoiseEvent event) throws UnsupportedNoiseException {
    if (!campaign.hasRho()) {
      // Refuses, and says what to use instead.
      CampaignAccountant.rho(event);
    }
    Zcdp budget = Conversion.budget(new ApproxDp(epsilon, campaign.delta()));
    return BigDecimal.valueOf(budget.picoRho())
        .divideToIntegralValue(campaign.picoRho(noise))
        .min(BigDecimal.valueOf(CampaignPlanner.MOST_QUERIES))
        .longValueExact();
  }
}
