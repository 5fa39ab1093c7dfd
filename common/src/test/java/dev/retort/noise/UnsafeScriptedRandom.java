package dev.retort.noise;

/** Gives the words it is told to, in order, and fails when they run out. */
final class UnsafeScriptedRandom implements RandomSource {

  private final long[] words;
  private int position;

  UnsafeScriptedRandom(long... words) {
    this.words = words;
  }

  @Override
  public long nextLong() {
    return words[position++];
  }

  int used() {
    return position;
  }
}
