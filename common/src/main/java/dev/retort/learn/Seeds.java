package dev.retort.learn;

import java.util.SplittableRandom;

/** Derives independent generators from one seed, for initial weights and orders of samples; never for noise. */
final class Seeds {

  private Seeds() {}

  /** The generator of stream {@code index} of {@code seed}. */
  static SplittableRandom stream(long seed, int index) {
    return new SplittableRandom(mix(mix(seed) + 0x9E3779B97F4A7C15L * (index + 1L)));
  }

  /** The finaliser of MurmurHash3, as SplittableRandom itself uses: neighbouring seeds give unrelated streams. */
  private static long mix(long z) {
    long a = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    long b = (a ^ (a >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return b ^ (b >>> 33);
  }

  /** Puts {@code rows} into an order drawn uniformly (Fisher and Yates). */
  static void shuffle(int[] rows, SplittableRandom random) {
    for (int i = rows.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int row = rows[i];
      rows[i] = rows[j];
      rows[j] = row;
    }
  }
}
