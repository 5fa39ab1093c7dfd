package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerRecord;
import dev.retort.node.release.CrashVictims.Victim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills a node process with SIGKILL at every step that it takes, every other time also the process that recovers, at a
 * step drawn by lot, and then lets one finish. After each death the ledger must verify and agree with what was sent.
 * -Dretort.crashPasses sets how often it goes through all steps.
 */
@Tag("slow")
@Timeout(600)
class ReleaseCrashPointTest {

  private static final int PASSES = Integer.getInteger("retort.crashPasses", 1);

  @TempDir
  Path directory;

  /** Kills by name of the step, and how many of them left a pending charge. */
  private final Map<String, int[]> tally = new TreeMap<>();

  @ParameterizedTest
  @EnumSource(CrashScenario.class)
  void release_killedAtEveryStep_isAsIfItHadNotBeenOrHadBeenOnce(CrashScenario scenario)
      throws Exception {
    List<String> steps = steps(scenario);
    // Draws where the recovering process dies; which one it is does not matter for the outcome.
    SplittableRandom random = new SplittableRandom(17);
    try (CrashVictims victims = new CrashVictims(directory)) {
      for (int pass = 0; pass < PASSES; pass++) {
        for (int step = 0; step < steps.size(); step++) {
          Path file =
              Files.createDirectory(directory.resolve(pass + "-" + step)).resolve("ledger.db");
          scenario.prepare(file);
          CrashBook book = new CrashBook();
          CrashScenario.samples().forEach(book::know);
          assertThat(killAt(scenario, file, step, book, victims)).isEqualTo(steps.get(step));
          if ((step + pass) % 2 == 0) {
            killAt(scenario, file, random.nextInt(steps.size()), book, victims);
          }
          finish(scenario, file, book);
        }
      }
    }
    int kills = tally.values().stream().mapToInt(counts -> counts[0]).sum();
    tally.forEach((name, counts) -> System.out.printf(
        "%-12s %4d kills, %3d with a charge pending, at %s%n",
        scenario, counts[0], counts[1], name));
    System.out.printf("%-12s %4d kills in all, at %d steps%n", scenario, kills, steps.size());
    assertThat(kills).isGreaterThanOrEqualTo(PASSES * (steps.size() + steps.size() / 2));
  }

  /** All steps of a life that nobody breaks off. */
  private List<String> steps(CrashScenario scenario) throws Exception {
    Path file = Files.createDirectory(directory.resolve("unbroken")).resolve("ledger.db");
    scenario.prepare(file);
    List<String> steps = new ArrayList<>();
    scenario.play(file, steps::add, answer -> {});
    return steps;
  }

  /** The name of the step at which it died, or the end if it has fewer. */
  private String killAt(
      CrashScenario scenario, Path file, int step, CrashBook book, CrashVictims victims)
      throws Exception {
    Victim victim = victims.order(scenario + " " + file + " " + step);
    String where = standsAt(victim, book, victims);
    victim.kill();
    int[] counts = tally.computeIfAbsent(where, name -> new int[2]);
    counts[0]++;
    counts[1] += book.check(file).size();
    return where;
  }

  private static String standsAt(Victim victim, CrashBook book, CrashVictims victims)
      throws Exception {
    for (String line = victim.readLine(); line != null; line = victim.readLine()) {
      book.sent(line);
      if (line.startsWith("at ")) {
        return line.substring("at ".length());
      }
    }
    throw new AssertionError("the process ended by itself: " + victims.errors());
  }

  /** An unbroken life after the deaths: pending charges are completed, or burned, and all is answered. */
  private static void finish(CrashScenario scenario, Path file, CrashBook book) throws Exception {
    List<Long> pending = book.check(file);
    scenario.play(file, step -> {}, answer -> book.sent("sent " + answer));
    assertThat(book.check(file)).isEmpty();
    assertThat(book.sentSamples()).isEqualTo(2);
    List<LedgerRecord> entries = LedgerReader.entries(file);
    for (long charge : pending) {
      assertThat(entries)
          .anyMatch(each -> (each.entry() instanceof Release release && release.charge() == charge)
              || (each.entry() instanceof Burn burn && burn.charge() == charge));
    }
  }
}
