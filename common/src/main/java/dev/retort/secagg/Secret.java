package dev.retort.secagg;

import dev.retort.noise.RandomSource;
import java.util.Arrays;
import javax.security.auth.Destroyable;

/**
 * 32 secret bytes that are wiped when they have served. What the platform's ciphers copied out of them is garbage until
 * the collector reuses it; Java offers no way to wipe that. Not thread-safe.
 */
final class Secret implements Destroyable {

  static final int BYTES = 32;

  private final byte[] bytes;
  private boolean destroyed;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The secret that is {@code bytes}, 32 of them, taken over. */
  static Secret take(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("secret must be 32 bytes long: " + bytes.length);
    }
    return new Secret(bytes);
  }

  /** A fresh secret. */
  static Secret draw(RandomSource random) {
    byte[] bytes = new byte[BYTES];
    RandomBytes.fill(random, bytes);
    return new Secret(bytes);
  }

  /**
   * The bytes themselves.
   *
   * @throws IllegalStateException if they are wiped
   */
  byte[] view() {
    if (destroyed) {
      throw new IllegalStateException("secret must not be used after it was destroyed");
    }
    return bytes;
  }

  @Override
  public void destroy() {
    Arrays.fill(bytes, (byte) 0);
    destroyed = true;
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  /** Never the bytes. */
  @Override
  public String toString() {
    return destroyed ? "Secret[destroyed]" : "Secret[32 bytes]";
  }
}
