package dev.retort.secagg;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Expands seeds to masks by AES-256-CTR and adds them to a vector, tile by tile, so that the vector's tile stays in the
 * nearest cache while every mask goes over it. A seed's key and first block are derived from the seed and the cohort's
 * digest: nodes that were shown different cohorts make garbage of each other's masks, and open nothing.
 *
 * <p>Implementation note. The platform's CTR runs at its full rate only on plain arrays (direct buffers take a third of
 * it), through many calls of some KiB (one huge call may run uncompiled), and with lanes read by a VarHandle (an
 * IntBuffer's accessors see several types and are not vectorised).
 */
final class MaskExpansion {

  static final int TILE_BYTES = 16 * 1024;

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int BLOCK_BYTES = 16;
  private static final byte[] LABEL = Hkdf.label("fd-sa/1 prg");
  private static final byte[] ZEROS = new byte[TILE_BYTES];

  private MaskExpansion() {}

  /** Which way a mask goes. */
  enum Sign {
    PLUS,
    MINUS
  }

  /** A seed, and which way its mask goes. */
  record Mask(Secret seed, Sign sign) {}

  /** Adds or subtracts every mask. */
  static void apply(Lanes lanes, List<Mask> masks, Octets cohortDigest) {
    Cipher[] streams = new Cipher[masks.size()];
    boolean[] minus = new boolean[masks.size()];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = stream(masks.get(i).seed(), cohortDigest);
      minus[i] = masks.get(i).sign() == Sign.MINUS;
    }
    int lanesPerTile = TILE_BYTES / lanes.width().bytes();
    byte[] tile = new byte[TILE_BYTES];
    for (int first = 0; first < lanes.length(); first += lanesPerTile) {
      int bytes = Math.min(lanesPerTile, lanes.length() - first) * lanes.width().bytes();
      for (int i = 0; i < streams.length; i++) {
        next(streams[i], tile, bytes);
        if (minus[i]) {
          lanes.subtract(first, tile, bytes);
        } else {
          lanes.add(first, tile, bytes);
        }
      }
    }
    Arrays.fill(tile, (byte) 0);
  }

  /** The key stream of a seed in a cohort. */
  static Cipher stream(Secret seed, Octets cohortDigest) {
    byte[] derived = Hkdf.expand(seed.view(), KEY_BYTES + NONCE_BYTES, LABEL, cohortDigest.view());
    byte[] firstBlock = new byte[BLOCK_BYTES];
    System.arraycopy(derived, KEY_BYTES, firstBlock, 0, NONCE_BYTES);
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
          new IvParameterSpec(firstBlock));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR is part of every Java platform", e);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private static void next(Cipher stream, byte[] tile, int bytes) {
    try {
      stream.update(ZEROS, 0, bytes, tile, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR with a 256-bit key must not fail", e);
    }
  }
}
