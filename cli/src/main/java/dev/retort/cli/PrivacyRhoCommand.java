package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.CampaignPlanner;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code retort privacy rho}: what a budget is in zCDP. */
@Command(
    name = "rho",
    description = {
      "The largest rho of a zCDP filter that promises epsilon at delta.",
      "picoRho is what a node's filter grants: the same, rounded down to whole units of 1e-12."
    },
    mixinStandardHelpOptions = true)
final class PrivacyRhoCommand implements Callable<Integer> {

  @Option(
      names = "--epsilon",
      required = true,
      paramLabel = "E",
      description = "What the filter promises.")
  private double epsilon;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "1e-5",
      description = "Default: ${DEFAULT-VALUE}.")
  private double delta = 1e-5;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CampaignOptions.checkEpsilon(epsilon);
    CampaignOptions.checkDelta(delta);
    CampaignFigures figures = new CampaignFigures();
    figures.put("epsilon", JsonNumbers.nearest(epsilon));
    figures.put("delta", JsonNumbers.nearest(delta));
    figures.put("rho", JsonNumbers.lower(CampaignPlanner.largestRho(epsilon, delta)));
    figures.put("picoRho", Conversion.budget(new ApproxDp(epsilon, delta)).picoRho());
    figures.put("accountant", CampaignOptions.name(CampaignAccountant.ZCDP));
    figures.put("bound", "upper");
    figures.print(json);
    return 0;
  }
}
