package dev.retort.cli;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A fair coin, and what binds whoever tossed it before it is shown.
 *
 * @param in whether it fell so that its canary is in
 * @param salt 32 random bytes in hexadecimal digits, which hide the coin until it is shown
 */
record CoinCommitment(boolean in, String salt) {

  /** Tosses a coin with the operating system's randomness. */
  static CoinCommitment toss(SecureRandom random) {
    byte[] salt = new byte[Digest.BYTES];
    random.nextBytes(salt);
    return new CoinCommitment(random.nextBoolean(), HexFormat.of().formatHex(salt));
  }

  /** SHA-256(coin || salt): one byte, 1 for in, and the salt. */
  Digest digest() {
    byte[] bytes = HexFormat.of().parseHex(salt);
    return Digest.of(ByteBuffer.allocate(1 + bytes.length)
        .put((byte) (in ? 1 : 0))
        .put(bytes)
        .array());
  }
}
