package dev.retort.secagg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A vector of integers modulo 2^bits, little-endian where it is bytes. A class a width, so that the loops over each see
 * one type of array and are compiled to vector instructions. Not thread-safe.
 */
public abstract sealed class Lanes {

  /** A vector of zeros. */
  static Lanes zeros(LaneWidth width, int length) {
    return switch (width) {
      case W16 -> new Lanes16(length);
      case W32 -> new Lanes32(new int[length]);
      case W64 -> new Lanes64(new long[length]);
    };
  }

  /**
   * The vector of {@code values}.
   *
   * @throws IllegalArgumentException if a lane does not hold one of them; which and what is not said
   */
  public static Lanes of(LaneWidth width, int[] values) {
    Lanes lanes = zeros(width, values.length);
    for (int i = 0; i < values.length; i++) {
      lanes.set(i, fitting(width, values[i]));
    }
    return lanes;
  }

  /**
   * The vector of {@code values}.
   *
   * @throws IllegalArgumentException if a lane does not hold one of them; which and what is not said
   */
  public static Lanes of(LaneWidth width, long[] values) {
    Lanes lanes = zeros(width, values.length);
    for (int i = 0; i < values.length; i++) {
      lanes.set(i, fitting(width, values[i]));
    }
    return lanes;
  }

  private static long fitting(LaneWidth width, long value) {
    if (!width.holds(value)) {
      throw new IllegalArgumentException(
          "every value must fit a signed lane of " + width.bits() + " bits");
    }
    return value;
  }

  /** The width. */
  public abstract LaneWidth width();

  /** How many lanes there are. */
  public abstract int length();

  /** A lane as a signed integer, nearest to zero. */
  public abstract long get(int lane);

  abstract void set(int lane, long value);

  /** Adds {@code bytes} bytes of a tile to the lanes from {@code firstLane} on, an even one. */
  abstract void add(int firstLane, byte[] tile, int bytes);

  /** Subtracts {@code bytes} bytes of a tile from the lanes from {@code firstLane} on, an even one. */
  abstract void subtract(int firstLane, byte[] tile, int bytes);

  /** Writes {@code bytes} bytes of lanes from {@code firstLane} on, an even one, to the beginning of {@code out}. */
  abstract void write(int firstLane, byte[] out, int bytes);

  /** Overwrites all lanes with zeros. */
  abstract void wipe();

  /** The length in bytes; exact, since vectors have at most 2^22 lanes. */
  int byteLength() {
    return Math.multiplyExact(length(), width().bytes());
  }

  /** Never the values. */
  @Override
  public String toString() {
    return "Lanes[" + length() + " of " + width().bits() + " bits]";
  }

  private static VarHandle littleEndian(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Two lanes an int, the earlier one in its low half: loops over shorts are compiled to vector instructions on some runs
   * and not on others, a fivefold difference, and loops over ints on all.
   */
  private static final class Lanes16 extends Lanes {

    private static final VarHandle PAIR = littleEndian(int[].class);
    private static final VarHandle LANE = littleEndian(short[].class);
    private static final int SIGNS = 0x8000_8000;

    private final int length;
    private final int[] pairs;

    Lanes16(int length) {
      this.length = length;
      this.pairs = new int[(length + 1) / 2];
    }

    @Override
    public LaneWidth width() {
      return LaneWidth.W16;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public long get(int lane) {
      return (short) (pairs[lane >> 1] >>> shift(lane));
    }

    @Override
    void set(int lane, long value) {
      int others = pairs[lane >> 1] & ~(0xffff << shift(lane));
      pairs[lane >> 1] = others | (((int) value & 0xffff) << shift(lane));
    }

    @Override
    void add(int firstLane, byte[] tile, int bytes) {
      int first = firstLane >> 1;
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        pairs[first + i] = sum(pairs[first + i], (int) PAIR.get(tile, i << 2));
      }
      if (bytes % Integer.BYTES != 0) {
        int last = firstLane + bytes / Short.BYTES - 1;
        set(last, get(last) + (short) LANE.get(tile, bytes - Short.BYTES));
      }
    }

    @Override
    void subtract(int firstLane, byte[] tile, int bytes) {
      int first = firstLane >> 1;
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        pairs[first + i] = difference(pairs[first + i], (int) PAIR.get(tile, i << 2));
      }
      if (bytes % Integer.BYTES != 0) {
        int last = firstLane + bytes / Short.BYTES - 1;
        set(last, get(last) - (short) LANE.get(tile, bytes - Short.BYTES));
      }
    }

    @Override
    void write(int firstLane, byte[] out, int bytes) {
      int first = firstLane >> 1;
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        PAIR.set(out, i << 2, pairs[first + i]);
      }
      if (bytes % Integer.BYTES != 0) {
        LANE.set(out, bytes - Short.BYTES, (short) get(firstLane + bytes / Short.BYTES - 1));
      }
    }

    @Override
    void wipe() {
      Arrays.fill(pairs, 0);
    }

    private static int shift(int lane) {
      return (lane & 1) << 4;
    }

    // Without the two highest bits no carry leaves a half; a half's highest bit is then the
    // exclusive
    // or of the two and of what was carried into it.
    private static int sum(int a, int b) {
      return ((a & ~SIGNS) + (b & ~SIGNS)) ^ ((a ^ b) & SIGNS);
    }

    // With the highest bits of a set no half borrows from the other.
    private static int difference(int a, int b) {
      return ((a | SIGNS) - (b & ~SIGNS)) ^ (~(a ^ b) & SIGNS);
    }
  }

  private static final class Lanes32 extends Lanes {

    private static final VarHandle LANE = littleEndian(int[].class);

    private final int[] values;

    Lanes32(int[] values) {
      this.values = values;
    }

    @Override
    public LaneWidth width() {
      return LaneWidth.W32;
    }

    @Override
    public int length() {
      return values.length;
    }

    @Override
    public long get(int lane) {
      return values[lane];
    }

    @Override
    void set(int lane, long value) {
      values[lane] = (int) value;
    }

    @Override
    void add(int firstLane, byte[] tile, int bytes) {
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        values[firstLane + i] += (int) LANE.get(tile, i << 2);
      }
    }

    @Override
    void subtract(int firstLane, byte[] tile, int bytes) {
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        values[firstLane + i] -= (int) LANE.get(tile, i << 2);
      }
    }

    @Override
    void write(int firstLane, byte[] out, int bytes) {
      for (int i = 0; i < bytes / Integer.BYTES; i++) {
        LANE.set(out, i << 2, values[firstLane + i]);
      }
    }

    @Override
    void wipe() {
      Arrays.fill(values, 0);
    }
  }

  private static final class Lanes64 extends Lanes {

    private static final VarHandle LANE = littleEndian(long[].class);

    private final long[] values;

    Lanes64(long[] values) {
      this.values = values;
    }

    @Override
    public LaneWidth width() {
      return LaneWidth.W64;
    }

    @Override
    public int length() {
      return values.length;
    }

    @Override
    public long get(int lane) {
      return values[lane];
    }

    @Override
    void set(int lane, long value) {
      values[lane] = value;
    }

    @Override
    void add(int firstLane, byte[] tile, int bytes) {
      for (int i = 0; i < bytes / Long.BYTES; i++) {
        values[firstLane + i] += (long) LANE.get(tile, i << 3);
      }
    }

    @Override
    void subtract(int firstLane, byte[] tile, int bytes) {
      for (int i = 0; i < bytes / Long.BYTES; i++) {
        values[firstLane + i] -= (long) LANE.get(tile, i << 3);
      }
    }

    @Override
    void write(int firstLane, byte[] out, int bytes) {
      for (int i = 0; i < bytes / Long.BYTES; i++) {
        LANE.set(out, i << 3, values[firstLane + i]);
      }
    }

    @Override
    void wipe() {
      Arrays.fill(values, 0);
    }
  }
}
