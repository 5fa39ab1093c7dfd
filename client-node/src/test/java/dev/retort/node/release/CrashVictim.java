package dev.retort.node.release;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A node process to be killed. It reads one line that says what to live through, and prints {@code sent SAMPLE CHARGE
 * DIGEST} for every answer that leaves it.
 *
 * <ul>
 *   <li>{@code SCENARIO FILE N}: plays a {@link CrashScenario}, prints {@code at NAME} and stands still when it
 *       reaches its step N, counted from 0, or {@code at the end} if it has fewer.
 *   <li>{@code release FILE SAMPLE}: opens the ledger, prints {@code ready}, and releases from SAMPLE on for ever.
 * </ul>
 */
final class CrashVictim {

  private int steps;

  private CrashVictim() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String[] order = Objects.requireNonNull(orders.readLine(), "an order").split(" ");
    Path file = Path.of(order[1]);
    if (order[0].equals("release")) {
      releaseForEver(file, Long.parseLong(order[2]));
    } else {
      new CrashVictim().play(CrashScenario.valueOf(order[0]), file, Integer.parseInt(order[2]));
    }
  }

  private void play(CrashScenario scenario, Path file, int stop) throws Exception {
    scenario.play(
        file,
        step -> {
          if (steps++ == stop) {
            standStill(step);
          }
        },
        answer -> System.out.println("sent " + answer));
    standStill("the end");
  }

  private static void standStill(String where) {
    System.out.println("at " + where);
    while (true) {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        // There is nothing else to do.
      }
    }
  }

  private static void releaseForEver(Path file, long first) throws Exception {
    PrivacyLedger ledger = UnsafeTestLedgers.open(file);
    ReleaseFixture.openPolicy(ledger, new ApproxDp(1000, 1e-6));
    LabelRelease door = ReleaseFixture.door(ledger);
    System.out.println("ready");
    // The last few are asked for again: answered ones must be replayed, a pending one completed.
    for (long sample = Math.max(0, first - 3); ; sample++) {
      Released released =
          (Released) door.release(ReleaseFixture.request(sample, 1), () -> ReleaseFixture.votes(1));
      System.out.println("sent " + sample + " " + released.chargeSeq() + " "
          + released.block().digest().hex());
    }
  }
}
