package dev.retort.cli;

import dev.retort.audit.AuditBound;
import dev.retort.audit.NeighbouringInputs;
import dev.retort.audit.PairedAudit;
import dev.retort.data.FloatSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.teacher.TeacherVotes;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort audit canary}: one made-up person's records, in or out, and what that does to a site's answers. */
@Command(
    name = "canary",
    description = {
      "Attack a whole simulated site: can its answers tell whether one made-up person's records were in it?",
      "A canary unlike any record, wrongly labelled, goes to one shard; its teacher is trained with and without it; the"
          + " queries are the canary itself. Only simulated sites and scratch ledgers: no production budget is touched."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No violation detected.",
      "1:The audit could not be done.",
      "2:The command line cannot be read.",
      "3:Violation: the certified lower bound exceeds the claim."
    },
    mixinStandardHelpOptions = true)
final class AuditCanaryCommand implements Callable<Integer> {

  private static final int MOST_QUERIES = 4096;

  @Mixin
  private AuditNoise noise = new AuditNoise();

  @Mixin
  private AuditSite site = new AuditSite();

  @Option(
      names = "--queries",
      defaultValue = "4",
      paramLabel = "K",
      description = "How often the canary is asked for in one trial. Default: ${DEFAULT-VALUE}.")
  private int queries;

  @Option(
      names = "--canary-records",
      defaultValue = "1",
      paramLabel = "R",
      description = "Records of the made-up person. Default: ${DEFAULT-VALUE}.")
  private int canaryRecords;

  @Option(
      names = "--runs",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Releases of each of the two histograms. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Mixin
  private AuditRecordOption record = new AuditRecordOption();

  @Option(names = "--json", description = "Print one JSON object, alone, on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    record.check();
    if (queries < 1 || queries > MOST_QUERIES) {
      throw new CommandFailedException(
          "--queries must be in [1, " + MOST_QUERIES + "]: " + queries);
    }
    if (canaryRecords < 1) {
      throw new CommandFailedException("--canary-records must be >= 1: " + canaryRecords);
    }
    if (runs < PairedAudit.LEAST_RUNS) {
      throw new CommandFailedException("--runs must be >= " + PairedAudit.LEAST_RUNS + ": " + runs);
    }
    ProgressLines progress = ProgressLines.onStderr();
    CanarySite audited = site.open();
    AuditNoise.Claim claim = noise.claim(audited.classes(), PairedAudit.releaseRows(queries));
    NeighbouringInputs inputs = inputs(audited, progress);
    AuditReport report = report(audited, claim, inputs, progress);
    report.put("queries", queries);
    report.put("teachers", audited.teachers());
    report.put("rowsChanged", inputs.changedRows());
    report.put("distance", inputs.distance());
    report.put("largestDistance", noise.grid().size() * Math.sqrt(2.0 * queries));
    return report.print("canary", json, record);
  }

  private AuditReport report(
      CanarySite audited, AuditNoise.Claim claim, NeighbouringInputs inputs, ProgressLines progress)
      throws Exception {
    if (inputs.changes() == 0) {
      return AuditReport.ofEqualInputs(claim, noise.delta(), noise.confidence());
    }
    AuditBound bound;
    try (ScratchRelease release = ScratchRelease.open(claim.mechanism(), audited.teachers())) {
      bound = new PairedAudit(inputs, runs, noise.delta(), noise.confidence())
          .run(release, done -> progress.update("trials", done, runs));
    }
    progress.finish();
    return AuditReport.ofPairs(claim, bound);
  }

  /** The site's exact histograms of the canary, without it and with it among the records. */
  private NeighbouringInputs inputs(CanarySite audited, ProgressLines progress) throws Exception {
    FloatSamples canary = CanaryRecords.draw(audited.table().records().samples(), 1, site.seed());
    Samples asked = canary.subset(new int[queries]);
    String unit = audited.unitPerShard().get(0);

    TrainedEnsemble all =
        audited.train(audited.table(), (done, total) -> progress.update("teachers", done, total));
    int[] sums = TeacherVotes.count(all, noise.grid(), asked, queries).sums();
    PrivateTable without = audited.table();
    if (ShardAssignment.of(audited.key(), without.units(), audited.teachers()).rows()[0].length
        == 0) {
      throw new CommandFailedException(
          "--teachers must be fewer: the canary's shard has no other record: "
              + audited.teachers());
    }
    int[] before = TeacherVotes.count(audited.trainOnly(0, without), noise.grid(), asked, queries)
        .sums();
    int label =
        CanarySite.leastLikely(audited.labels(all, noise.grid(), asked)[0], 0, audited.classes());
    PrivateTable with =
        audited.with(canary, List.of(new CanarySite.Canary(unit, 0, label, canaryRecords)));
    int[] after = TeacherVotes.count(audited.trainOnly(0, with), noise.grid(), asked, queries)
        .sums();

    int[] changed = sums.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] += after[i] - before[i];
    }
    progress.finish();
    return new NeighbouringInputs(audited.classes(), sums, changed);
  }
}
