package dev.retort.cli;

import dev.retort.audit.AuditBound;
import dev.retort.audit.NeighbouringInputs;
import dev.retort.audit.PairedAudit;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort audit mechanism}: the production release path on neighbouring inputs. */
@Command(
    name = "mechanism",
    description = {
      "Attack the release path itself: one teacher changes its mind on every query of a trial.",
      "Real release door, real noise, scratch ledgers in a temporary directory; no budget is touched."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No violation detected.",
      "1:The audit could not be done.",
      "2:The command line cannot be read.",
      "3:Violation: the certified lower bound exceeds the claim."
    },
    mixinStandardHelpOptions = true)
final class AuditMechanismCommand implements Callable<Integer> {

  static final int TEACHERS = 100;
  private static final int MOST_QUERIES = 4096;
  private static final int MOST_CLASSES = 1000;

  @Mixin
  private AuditNoise noise = new AuditNoise();

  @Option(
      names = "--queries",
      defaultValue = "4",
      paramLabel = "K",
      description = "Queries of one trial; 4 and more also show noise that is used twice."
          + " Default: ${DEFAULT-VALUE}.")
  private int queries;

  @Option(names = "--classes", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}.")
  private int classes;

  @Option(
      names = "--runs",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Trials on each of the two inputs. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Mixin
  private AuditRecordOption record = new AuditRecordOption();

  @Option(names = "--json", description = "Print one JSON object, alone, on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    record.check();
    require(queries >= 1 && queries <= MOST_QUERIES, "--queries", MOST_QUERIES, queries);
    if (classes < 2 || classes > MOST_CLASSES) {
      throw new CommandFailedException(
          "--classes must be in [2, " + MOST_CLASSES + "]: " + classes);
    }
    if (runs < PairedAudit.LEAST_RUNS) {
      throw new CommandFailedException("--runs must be >= " + PairedAudit.LEAST_RUNS + ": " + runs);
    }
    AuditNoise.Claim claim = noise.claim(classes, PairedAudit.releaseRows(queries));
    ProgressLines progress = ProgressLines.onStderr();
    AuditBound bound;
    try (ScratchRelease release = ScratchRelease.open(claim.mechanism(), TEACHERS)) {
      bound = new PairedAudit(
              oneTeacherFlips(noise.grid(), classes, queries),
              runs,
              noise.delta(),
              noise.confidence())
          .run(release, done -> progress.update("trials", done, runs));
    }
    progress.finish();
    AuditReport report = AuditReport.ofPairs(claim, bound);
    report.put("queries", queries);
    return report.print("mechanism", json, record);
  }

  private static void require(boolean valid, String name, int most, int value)
      throws CommandFailedException {
    if (!valid) {
      throw new CommandFailedException(name + " must be in [1, " + most + "]: " + value);
    }
  }

  /**
   * The histograms of a public crowd and one teacher, who names one of two classes on all queries, or the other. Which is
   * which alternates as the Thue-Morse sequence does, so that noise shared by neighbouring rows, or by the two releases
   * that a trial is spread over, cancels in the matched filter.
   */
  static NeighbouringInputs oneTeacherFlips(LabelGrid grid, int classes, int queries) {
    int[] without = new int[queries * classes];
    for (int row = 0; row < queries; row++) {
      int[] uniform = IntegerLabel.uniform(grid, classes, row);
      for (int c = 0; c < classes; c++) {
        without[row * classes + c] = (TEACHERS - 1) * uniform[c];
      }
    }
    int[] with = without.clone();
    for (int row = 0; row < queries; row++) {
      int first = Integer.bitCount(row) & 1;
      without[row * classes + first] += grid.size();
      with[row * classes + 1 - first] += grid.size();
    }
    return new NeighbouringInputs(classes, without, with);
  }
}
