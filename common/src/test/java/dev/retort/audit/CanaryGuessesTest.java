package dev.retort.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Guesses on simulated answers from a fixed seed. */
final class CanaryGuessesTest {

  private static final int CANARIES = 40;
  private static final int ENTRIES = 200;

  private final SplittableRandom random = new SplittableRandom(2);
  private final int[][] without = new int[CANARIES][ENTRIES];
  private final int[][] with = new int[CANARIES][ENTRIES];
  private final List<Boolean> in = new ArrayList<>();

  /** Every canary moves all entries in a direction of its own, and all of them in one they share. */
  private int[] answer(double sigma) {
    int[] output = new int[ENTRIES];
    for (int t = 0; t < CANARIES; t++) {
      in.add(random.nextBoolean());
      for (int i = 0; i < ENTRIES; i++) {
        without[t][i] = random.nextInt(100);
        with[t][i] = without[t][i] + 200 + random.nextInt(-30, 31);
        output[i] += in.get(t) ? with[t][i] : without[t][i];
      }
    }
    for (int i = 0; i < ENTRIES; i++) {
      output[i] += (int) Math.round(sigma * random.nextGaussian());
    }
    return output;
  }

  @Test
  void correct_littleNoise_findsEveryCoinDespiteInterference() {
    int[] output = answer(3);
    int ins = (int) in.stream().filter(coin -> coin).count();
    int guesses = 2 * Math.min(ins, CANARIES - ins);
    assertThat(CanaryGuesses.from(output, without, with, 3).correct(in, guesses))
        .isEqualTo(guesses);
  }

  @Test
  void correct_muchNoise_findsAboutHalf() {
    int[] output = answer(1e6);
    assertThat(CanaryGuesses.from(output, without, with, 1e6).correct(in, CANARIES))
        .isBetween(8, 32);
  }

  @Test
  void scores_ofLittleNoise_areTheCoins() {
    int[] output = answer(0.5);
    double[] scores = CanaryGuesses.from(output, without, with, 0.5).scores();
    for (int t = 0; t < CANARIES; t++) {
      assertThat(scores[t] > 0).isEqualTo(in.get(t));
      assertThat(Math.abs(scores[t])).isBetween(0.45, 0.55);
    }
  }

  @Test
  void correct_oddOrTooManyGuesses_areRefused() {
    CanaryGuesses guesses = CanaryGuesses.from(answer(1), without, with, 1);
    assertThatThrownBy(() -> guesses.correct(in, 3)).hasMessageContaining("even");
    assertThatThrownBy(() -> guesses.correct(in, 42)).hasMessageContaining("[2, 40]");
    assertThatThrownBy(() -> guesses.correct(List.of(true), 2)).hasMessageContaining("coins");
  }
}
