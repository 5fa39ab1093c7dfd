package dev.retort.secagg;

import java.math.BigInteger;

/** How many bits a lane of the summed vectors has. Sums are exact modulo 2^bits and read as signed. */
public enum LaneWidth {
  W16(16),
  W32(32),
  W64(64);

  private final int bits;

  LaneWidth(int bits) {
    this.bits = bits;
  }

  /** Bits a lane. */
  public int bits() {
    return bits;
  }

  /** Bytes a lane. */
  public int bytes() {
    return bits / Byte.SIZE;
  }

  /** Whether a lane holds {@code value} as it is. */
  public boolean holds(long value) {
    return value << (Long.SIZE - bits) >> (Long.SIZE - bits) == value;
  }

  /** Whether lanes hold every sum up to {@code largestSum} in absolute value. */
  public boolean holdsUpTo(BigInteger largestSum) {
    return largestSum.compareTo(BigInteger.ONE.shiftLeft(bits - 1)) < 0;
  }
}
