package dev.retort.noise;

/** A source of independent, uniformly distributed 64-bit words. */
@FunctionalInterface
public interface RandomSource {

  /** The next word; no word is ever given twice. */
  long nextLong();
}
