package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerInUseException;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerRecord;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.privacy.Zcdp;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a releasing process with SIGKILL, over and over, and reads what it left behind. -Dretort.crashRounds sets how often. */
@Tag("slow")
class ReleaseCrashTest {

  private static final int ROUNDS = Integer.getInteger("retort.crashRounds", 40);

  @TempDir
  Path directory;

  @Test
  void release_killedAtRandomPoints_neverUnspendsAndNeverAnswersTwice() throws Exception {
    Path file = directory.resolve("ledger.db");
    // The moments differ from run to run anyway; the seed only says how they are spread.
    SplittableRandom random = new SplittableRandom(17);
    Map<Long, String> sent = new HashMap<>();
    Zcdp spent = Zcdp.ZERO;
    int pendingRounds = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long next = sent.keySet().stream().mapToLong(Long::longValue).max().orElse(-1) + 1;
      runAndKill(file, next, random.nextInt(250_000), round % 8 == 7, sent);

      LedgerReport report = LedgerVerifier.verify(file);
      assertThat(report.findings()).as("round %d", round).isEmpty();
      assertThat(report.pendingCharges()).hasSizeLessThanOrEqualTo(1);
      pendingRounds += report.pendingCharges().size();
      Zcdp now =
          report.lineages().isEmpty() ? Zcdp.ZERO : report.lineages().get(0).spent();
      assertThat(now).isGreaterThanOrEqualTo(spent);
      spent = now;
      assertEverythingSentWasChargedAndReleased(LedgerReader.entries(file), sent);
    }
    System.out.println("crash rounds " + ROUNDS + ", answers sent " + sent.size()
        + ", rounds that ended with a pending charge " + pendingRounds);
    assertThat(sent).isNotEmpty();
  }

  private void runAndKill(
      Path file, long next, int afterMicros, boolean whileOpening, Map<Long, String> sent)
      throws Exception {
    Process victim = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashVictim.class.getName(),
            file.toString(),
            Long.toString(next))
        .redirectError(directory.resolve("errors.txt").toFile())
        .start();
    try (BufferedReader output = victim.inputReader()) {
      if (whileOpening) {
        TimeUnit.MICROSECONDS.sleep(4L * afterMicros);
      } else {
        assertThat(output.readLine()).as(this::errors).isEqualTo("ready");
        assertThatThrownBy(() -> UnsafeTestLedgers.open(file))
            .isInstanceOf(LedgerInUseException.class);
        TimeUnit.MICROSECONDS.sleep(afterMicros);
      }
      // Through the handle: SIGKILL that leaves what was printed to be read.
      assertThat(victim.toHandle().destroyForcibly()).isTrue();
      victim.waitFor();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        String[] parts = line.split(" ");
        // A line cut off by the kill was not sent whole.
        if (parts.length == 2 && parts[1].length() == 64) {
          String before = sent.putIfAbsent(Long.valueOf(parts[0]), parts[1]);
          assertThat(before == null || before.equals(parts[1]))
              .as("sample %s", parts[0])
              .isTrue();
        }
      }
    }
  }

  private static void assertEverythingSentWasChargedAndReleased(
      List<LedgerRecord> records, Map<Long, String> sent) {
    Map<String, String> answerByQuery = new HashMap<>();
    Map<Long, String> queryByCharge = new HashMap<>();
    for (LedgerRecord each : records) {
      if (each.entry() instanceof Charge charge) {
        queryByCharge.put(each.seq(), charge.queryDigest().hex());
      } else if (each.entry() instanceof Release release) {
        String query = queryByCharge.remove(release.charge());
        assertThat(query).isNotNull();
        assertThat(answerByQuery.put(query, release.answerDigest().hex())).isNull();
      }
    }
    sent.forEach((sample, digest) -> {
      String query = ReleaseFixture.request(sample, 1)
          .query()
          .digest(ReleaseFixture.MECHANISM)
          .hex();
      assertThat(answerByQuery).containsEntry(query, digest);
    });
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("errors.txt"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
