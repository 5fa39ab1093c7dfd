package dev.retort.secagg;

import dev.retort.noise.RandomSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/** Bytes from a source of words. */
final class RandomBytes {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private RandomBytes() {}

  /** Fills {@code bytes}; what is left of the last word is dropped. */
  static void fill(RandomSource random, byte[] bytes) {
    int whole = bytes.length & -Long.BYTES;
    for (int i = 0; i < whole; i += Long.BYTES) {
      WORDS.set(bytes, i, random.nextLong());
    }
    if (whole < bytes.length) {
      long word = random.nextLong();
      for (int i = whole; i < bytes.length; i++) {
        bytes[i] = (byte) word;
        word >>>= Byte.SIZE;
      }
    }
  }

  /** The source as Bouncy Castle asks for it. */
  static SecureRandom secureRandom(RandomSource random) {
    return new SourceRandom(random);
  }

  private static final class SourceRandom extends SecureRandom {

    private final transient RandomSource source;

    SourceRandom(RandomSource source) {
      super(null, null);
      this.source = source;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      fill(source, bytes);
    }
  }
}
