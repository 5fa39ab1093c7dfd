package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.CampaignPlanner;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import java.math.BigDecimal;
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
      description = "What the filter promises, in (0, 10^6].")
  private double epsilon;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "1e-5",
      description = "The delta of the promise, in [1e-200, 1). Default: ${DEFAULT-VALUE}.")
  private double delta = 1e-5;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    CampaignOptions.checkEpsilon(epsilon);
    CampaignOptions.checkDelta(delta);
    BigDecimal rho = JsonNumbers.lower(CampaignPlanner.largestRho(epsilon, delta));
    long picoRho = Conversion.budget(new ApproxDp(epsilon, delta)).picoRho();
    CampaignFigures figures = new CampaignFigures();
    figures.put("epsilon", JsonNumbers.nearest(epsilon));
    figures.put("delta", JsonNumbers.nearest(delta));
    figures.put("rho", rho);
    figures.put("picoRho", picoRho);
    figures.row("picoRho", picoRho + ": what a node's filter grants, in units of 1e-12 rho");
    figures.put("accountant", CampaignOptions.name(CampaignAccountant.ZCDP));
    figures.row(
        "accountant",
        "zcdp: losses of queries add up to at most this rho, even where queries are chosen adaptively");
    figures.put("bound", "upper");
    figures.print(
        json,
        "A filter of rho " + rho.toPlainString() + " promises epsilon "
            + JsonNumbers.nearest(epsilon).toPlainString() + " at delta "
            + JsonNumbers.nearest(delta) + ".");
    return 0;
  }
}
