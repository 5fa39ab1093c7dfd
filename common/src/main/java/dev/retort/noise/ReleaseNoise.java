package dev.retort.noise;

import dev.retort.merkle.Digest;

/**
 * Names the noise of one release. Whenever one noise key draws it, it is the same integers.
 *
 * @param seq the ledger sequence number of the release's charge, at least 0
 * @param queryDigest the digest of the query charged
 * @param noise the law of each integer
 * @param count how many integers, at least 1
 */
public record ReleaseNoise(long seq, Digest queryDigest, DiscreteGaussian noise, int count) {

  public ReleaseNoise {
    if (seq < 0) {
      throw new IllegalArgumentException("seq must be >= 0: " + seq);
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be >= 1: " + count);
    }
  }

  /**
   * Draws the noise and adds it to {@code values}.
   *
   * @throws ArithmeticException if a sum leaves the range of an int; the caller must drop all values
   */
  void drawInto(int[] values, NoiseKey key) {
    noise.addTo(values, AesCtrRandom.forRelease(key, seq, queryDigest));
  }

  /** The noise itself; the caller wipes it. */
  int[] draw(NoiseKey key) {
    int[] drawn = new int[count];
    drawInto(drawn, key);
    return drawn;
  }
}
