package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.CampaignPlanner;
import dev.retort.accounting.NoiseEvent;
import dev.retort.accounting.UnsupportedNoiseException;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.RoundingMode;
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
      description = "What the queries may cost together.")
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
      long count = campaign.accountant() == CampaignAccountant.ZCDP
          ? asTheFilterCounts(event)
          : CampaignPlanner.mostQueries(campaign.accountant(), event, epsilon, campaign.delta());
      double spent = count == 0 ? 0 : campaign.accountant().epsilon(event, count, campaign.delta());
      CampaignFigures.of(campaign, noise, count, spent).print(json);
    } catch (UnsupportedNoiseException unsupported) {
      throw CampaignOptions.failure(unsupported);
    }
    return 0;
  }

  private long asTheFilterCounts(NoiseEvent event) throws UnsupportedNoiseException {
    Zcdp budget = Conversion.budget(new ApproxDp(epsilon, campaign.delta()));
    BigDecimal cost = new BigDecimal(CampaignAccountant.rho(event))
        .movePointRight(12)
        .setScale(0, RoundingMode.CEILING);
    return BigDecimal.valueOf(budget.picoRho())
        .divideToIntegralValue(cost)
        .min(BigDecimal.valueOf(CampaignPlanner.MOST_QUERIES))
        .longValueExact();
  }
}
