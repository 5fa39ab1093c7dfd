package dev.retort.secagg;

import dev.retort.noise.RandomSource;

/** SplitMix64 from a seed: repeatable, and no secret of anybody. */
final class UnsafeSeededRandom implements RandomSource {

  private long state;

  UnsafeSeededRandom(long seed) {
    this.state = seed;
  }

  @Override
  public long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  int below(int bound) {
    return (int) Long.remainderUnsigned(nextLong(), bound);
  }
}
