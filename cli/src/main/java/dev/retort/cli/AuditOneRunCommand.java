package dev.retort.cli;

import dev.retort.audit.CanaryGuesses;
import dev.retort.audit.OneRunBound;
import dev.retort.data.FloatSamples;
import dev.retort.data.Samples;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.merkle.Digest;
import dev.retort.node.teacher.TeacherVotes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code retort audit one-run}: a canary a teacher, in or out by a coin, one training and one release. */
@Command(
    name = "one-run",
    description = {
      "Attack a whole simulated site in one training and one release: guess many coins at once.",
      "Each shard gets a canary or not, by a fair coin that is committed to before training. The site's teachers are"
          + " trained once and its labels released once; the attacker also knows what each teacher says with its canary"
          + " and without it. Only simulated sites and scratch ledgers: no production budget is touched."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No violation detected.",
      "1:The audit could not be done.",
      "2:The command line cannot be read.",
      "3:Violation: the certified lower bound exceeds the claim."
    },
    mixinStandardHelpOptions = true)
final class AuditOneRunCommand implements Callable<Integer> {

  private static final int MOST_CANARIES = 2000;
  private static final int MOST_DUPLICATES = 1000;

  @Mixin
  private AuditNoise noise = new AuditNoise();

  @Mixin
  private AuditSite site = new AuditSite();

  @Option(
      names = "--duplicates",
      defaultValue = "1",
      paramLabel = "D",
      description = "How often each canary is asked for. Default: ${DEFAULT-VALUE}.")
  private int duplicates;

  @Option(
      names = "--guesses",
      defaultValue = "0",
      paramLabel = "R",
      description = "How many coins are guessed, even. Default: three in ten.")
  private int guesses;

  @Mixin
  private AuditRecordOption record = new AuditRecordOption();

  @Option(names = "--json", description = "Print one JSON object, alone, on stdout.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    record.check();
    int canaries = site.teachers();
    if (canaries < 2 || canaries > MOST_CANARIES) {
      throw new CommandFailedException(
          "--teachers must be in [2, " + MOST_CANARIES + "], as many as canaries: " + canaries);
    }
    if (duplicates < 1 || duplicates > MOST_DUPLICATES) {
      throw new CommandFailedException(
          "--duplicates must be in [1, " + MOST_DUPLICATES + "]: " + duplicates);
    }
    int made = guesses == 0 ? Math.max(2, canaries * 3 / 20 * 2) : guesses;
    if (made < 2 || made > canaries || made % 2 != 0) {
      throw new CommandFailedException(
          "--guesses must be even and in [2, " + canaries + "]: " + guesses);
    }
    ProgressLines progress = ProgressLines.onStderr();
    CanarySite audited = site.open();
    int rows = canaries * duplicates;
    AuditNoise.Claim claim = noise.claim(audited.classes(), List.of(rows));

    FloatSamples drawn =
        CanaryRecords.draw(audited.table().records().samples(), canaries, site.seed());
    Samples asked =
        drawn.subset(IntStream.range(0, rows).map(row -> row / duplicates).toArray());
    int[][] without = audited.labels(
        audited.train(audited.table(), shown(progress, "teachers without")), noise.grid(), asked);
    List<CanarySite.Canary> all = canaries(audited, without);
    int[][] with = audited.labels(
        audited.train(audited.with(drawn, all), shown(progress, "teachers with")),
        noise.grid(),
        asked);

    SecureRandom random = new SecureRandom();
    List<CoinCommitment> coins =
        Stream.generate(() -> CoinCommitment.toss(random)).limit(canaries).toList();
    progress.say("coins are committed to: " + committed(coins));
    int[] votes = votes(audited, coins, all, drawn, asked, progress);
    requireOwnShardsAlone(votes, coins, without, with);
    int[] output;
    try (ScratchRelease release = ScratchRelease.open(claim.mechanism(), canaries)) {
      output = release.release(votes);
    }
    int correct = CanaryGuesses.from(output, without, with, claim.mechanism().sigma())
        .correct(coins.stream().map(CoinCommitment::in).toList(), made);
    progress.finish();

    double bound =
        new OneRunBound(canaries, made, correct).epsilon(noise.delta(), noise.confidence());
    AuditReport report = AuditReport.ofOneRun(claim, noise.delta(), noise.confidence(), bound);
    report.put("canaries", canaries);
    report.put("guesses", made);
    report.put("correct", correct);
    report.put("queries", rows);
    report.put("commitment", committed(coins).hex());
    if (json) {
      report.put("coins", coins.stream().map(AuditOneRunCommand::shown).toList());
    }
    return report.print("one-run", json, record);
  }

  /** One canary a shard, labelled as the teacher there finds least likely. */
  private List<CanarySite.Canary> canaries(CanarySite audited, int[][] without) {
    List<String> units = audited.unitPerShard();
    int classes = audited.classes();
    List<CanarySite.Canary> canaries = new ArrayList<>();
    for (int shard = 0; shard < units.size(); shard++) {
      int label = CanarySite.leastLikely(without[shard], shard * duplicates * classes, classes);
      canaries.add(new CanarySite.Canary(units.get(shard), shard, label, 1));
    }
    return canaries;
  }

  /** The site's exact answer: its teachers are trained once, on what the coins put in. */
  private int[] votes(
      CanarySite audited,
      List<CoinCommitment> coins,
      List<CanarySite.Canary> all,
      FloatSamples drawn,
      Samples asked,
      ProgressLines progress)
      throws InterruptedException {
    List<CanarySite.Canary> in = IntStream.range(0, all.size())
        .filter(shard -> coins.get(shard).in())
        .mapToObj(all::get)
        .toList();
    TrainedEnsemble ensemble =
        audited.train(audited.with(drawn, in), shown(progress, "teachers audited"));
    return TeacherVotes.count(ensemble, noise.grid(), asked, asked.count()).sums();
  }

  // What the sensitivity rests on, bit for bit: no teacher is moved by another shard's canary.
  private static void requireOwnShardsAlone(
      int[] votes, List<CoinCommitment> coins, int[][] without, int[][] with)
      throws CommandFailedException {
    for (int i = 0; i < votes.length; i++) {
      int sum = 0;
      for (int shard = 0; shard < with.length; shard++) {
        sum += coins.get(shard).in() ? with[shard][i] : without[shard][i];
      }
      if (sum != votes[i]) {
        throw new CommandFailedException(
            "teachers must depend on their own shards alone, and on this device they do not;"
                + " do not run studies on it");
      }
    }
  }

  private static dev.retort.learn.Progress shown(ProgressLines progress, String name) {
    return (done, total) -> progress.update(name, done, total);
  }

  /** One digest over all commitments, in the order of the shards. */
  private static Digest committed(List<CoinCommitment> coins) {
    return Digest.of(coins.stream()
        .map(coin -> coin.digest().hex() + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII));
  }

  private static Map<String, Object> shown(CoinCommitment coin) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("commitment", coin.digest().hex());
    shown.put("in", coin.in());
    shown.put("salt", coin.salt());
    return shown;
  }
}
