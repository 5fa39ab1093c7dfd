package dev.retort.accounting;

/** The rules that this room's numbers keep. */
final class Checks {

  private Checks() {}

  static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be > 0 and finite: " + value);
    }
  }

  static double notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be >= 0 and finite: " + value);
    }
    return value;
  }

  static void probability(String name, double value) {
    if (!(value > 0) || !(value < 1)) {
      throw new IllegalArgumentException(name + " must be in (0, 1): " + value);
    }
  }

  static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1: " + value);
    }
  }
}
