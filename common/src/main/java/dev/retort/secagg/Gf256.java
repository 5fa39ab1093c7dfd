package dev.retort.secagg;

/**
 * The field GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, eight elements to a long. Nothing here branches or indexes by the
 * packed elements, which are secret; the multiplier is public, and its bits steer the loop.
 */
final class Gf256 {

  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long REDUCTION = 0x1b;

  private Gf256() {}

  /**
   * Each of the eight bytes of {@code packed} times {@code multiplier}.
   *
   * @param multiplier public, in [0, 255]
   */
  static long multiply(long packed, int multiplier) {
    long product = 0;
    long power = packed;
    for (int bits = multiplier; bits != 0; bits >>>= 1) {
      product ^= power & -(bits & 1L);
      long carries = (power & HIGH_BITS) >>> 7;
      // Each carry is 0 or 1 in a byte of its own, so the product stays within the byte.
      power = ((power & ~HIGH_BITS) << 1) ^ carries * REDUCTION;
    }
    return product;
  }

  /** The product of two public elements. */
  static int multiplyPublic(int a, int b) {
    return (int) (multiply(a, b) & 0xff);
  }

  /**
   * The inverse of a public element.
   *
   * @param element in [1, 255]
   */
  static int invert(int element) {
    if (element < 1 || element > 255) {
      throw new IllegalArgumentException("element must be in [1, 255]: " + element);
    }
    // The group has 255 elements, so a^254 = a^-1.
    int inverse = 1;
    for (int i = 0; i < 254; i++) {
      inverse = multiplyPublic(inverse, element);
    }
    return inverse;
  }
}
