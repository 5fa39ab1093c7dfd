package dev.retort.noise;

import dev.retort.merkle.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-CTR keystream with fast key erasure: every 64 KiB buffer begins with the key of the next one, which takes the
 * cipher's place before the first word is given, and words are wiped as they are handed out. So a captured generator
 * tells nothing about words already given. Key schedules that the platform drops are garbage until the collector reuses
 * them; Java offers no way to wipe those.
 *
 * <p>There is no seed to choose: a generator starts from the operating system, or from the node's noise key and the
 * ledger position of one release. Not thread-safe; use one a thread.
 */
public final class AesCtrRandom implements RandomSource {

  private static final int KEY_BYTES = 32;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int REFILLS_BETWEEN_RESEEDS = 1 << 20;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] ZEROS = new byte[BUFFER_BYTES];
  // A fixed initial counter is right here, and only here, because each key encrypts exactly one
  // buffer.
  private static final IvParameterSpec FIRST_COUNTER = new IvParameterSpec(new byte[16]);

  /** Where fresh keys come from. */
  interface KeySource {

    /** 32 bytes, independent of all given before; the caller wipes them. */
    byte[] nextKey();
  }

  private final Cipher cipher;
  private final @Nullable KeySource reseeds;
  private final int refillsBetweenReseeds;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position = BUFFER_BYTES;
  private int refills;

  private AesCtrRandom(byte[] key, @Nullable KeySource reseeds, int refillsBetweenReseeds) {
    try {
      this.cipher = Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR is part of every Java platform", e);
    }
    this.reseeds = reseeds;
    this.refillsBetweenReseeds = refillsBetweenReseeds;
    rekey(key);
  }

  /** A generator seeded from the operating system now, and again every 2^20 buffers (64 GiB). */
  public static AesCtrRandom fromOperatingSystem() {
    return reseeding(AesCtrRandom::operatingSystemKey, REFILLS_BETWEEN_RESEEDS);
  }

  /** Takes a key now, and another one after every {@code refillsBetweenReseeds} buffers. */
  static AesCtrRandom reseeding(KeySource keys, int refillsBetweenReseeds) {
    return new AesCtrRandom(keys.nextKey(), keys, refillsBetweenReseeds);
  }

  /**
   * The noise stream of one release: the same bytes whenever the same charge is answered again after a crash, and
   * independent of every other stream. The query's digest is bound in beside the sequence number, so that not even a
   * ledger restored from an old backup could lend one stream to two different queries.
   *
   * @param seq the ledger sequence number of the release's charge
   * @param queryDigest the digest of the query charged
   */
  public static AesCtrRandom forRelease(NoiseKey noiseKey, long seq, Digest queryDigest) {
    if (seq < 0) {
      throw new IllegalArgumentException("seq must be >= 0: " + seq);
    }
    return new AesCtrRandom(noiseKey.streamKey(seq, queryDigest), null, 0);
  }

  @Override
  public long nextLong() {
    if (position == BUFFER_BYTES) {
      refill();
    }
    long word = (long) WORDS.get(buffer, position);
    WORDS.set(buffer, position, 0L);
    position += Long.BYTES;
    return word;
  }

  private void refill() {
    if (reseeds != null && refills++ == refillsBetweenReseeds) {
      rekey(reseeds.nextKey());
      refills = 1;
    }
    try {
      cipher.update(ZEROS, 0, BUFFER_BYTES, buffer, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR with a 256-bit key must not fail", e);
    }
    rekey(Arrays.copyOf(buffer, KEY_BYTES));
    Arrays.fill(buffer, 0, KEY_BYTES, (byte) 0);
    position = KEY_BYTES;
  }

  /** Gives the cipher the next buffer's key, and wipes {@code key}. */
  private void rekey(byte[] key) {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), FIRST_COUNTER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR with a 256-bit key must not fail", e);
    }
    Arrays.fill(key, (byte) 0);
  }

  private static byte[] operatingSystemKey() {
    byte[] key = new byte[KEY_BYTES];
    operatingSystemRandom().nextBytes(key);
    return key;
  }

  private static SecureRandom operatingSystemRandom() {
    try {
      return SecureRandom.getInstance("NativePRNGNonBlocking");
    } catch (NoSuchAlgorithmException e) {
      // Windows has no such name; there the platform's default is the operating system's generator.
      return new SecureRandom();
    }
  }
}
