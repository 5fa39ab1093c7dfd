package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.node.release.CrashVictims.Victim;
import dev.retort.tlog.LogInUseException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a releasing process with SIGKILL at random microseconds, over and over, and reads what it left behind.
 * -Dretort.crashRounds sets how often.
 */
@Tag("slow")
@Timeout(600)
class ReleaseCrashTest {

  private static final int ROUNDS = Integer.getInteger("retort.crashRounds", 40);

  @TempDir
  Path directory;

  @Test
  void release_killedAtRandomMicroseconds_neverUnspendsAndNeverAnswersTwice() throws Exception {
    Path file = directory.resolve("ledger.db");
    // The moments differ from run to run anyway; the seed only says how they are spread.
    SplittableRandom random = new SplittableRandom(17);
    CrashBook book = new CrashBook();
    int pendingRounds = 0;
    try (CrashVictims victims = new CrashVictims(directory)) {
      for (int round = 0; round < ROUNDS; round++) {
        long next = book.nextSample();
        // It may have got some way past what it could print.
        for (long sample = next; sample < next + 10_000; sample++) {
          book.know(sample);
        }
        Victim victim = victims.order("release " + file + " " + next);
        if (round % 8 == 7) {
          TimeUnit.MICROSECONDS.sleep(random.nextInt(1_000_000));
        } else {
          assertThat(victim.readLine()).as(victims::errors).isEqualTo("ready");
          assertThatThrownBy(() -> UnsafeTestLedgers.open(file))
              .isInstanceOf(LogInUseException.class);
          TimeUnit.MICROSECONDS.sleep(random.nextInt(250_000));
        }
        victim.kill();
        for (String line = victim.readLine(); line != null; line = victim.readLine()) {
          book.sent(line);
        }
        pendingRounds += book.check(file).size();
      }
    }
    System.out.println("random kills " + ROUNDS + ", answers sent " + book.sentSamples()
        + ", kills that left a pending charge " + pendingRounds);
    assertThat(book.sentSamples()).isPositive();
  }
}
