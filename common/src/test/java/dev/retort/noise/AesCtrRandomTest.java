package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AesCtrRandomTest {

  private static final Digest QUERY = Digest.of(new byte[] {1});

  @Test
  void forRelease_sameCharge_givesTheSameWordsAcrossBuffers() {
    AesCtrRandom a = AesCtrRandom.forRelease(key(1), 3, QUERY);
    AesCtrRandom b = AesCtrRandom.forRelease(key(1), 3, QUERY);
    for (int i = 0; i < 50_000; i++) {
      assertThat(a.nextLong()).isEqualTo(b.nextLong());
    }
  }

  @Test
  void forRelease_otherKeyOrChargeOrQuery_givesOtherWords() {
    Set<Long> first = new HashSet<>();
    first.add(AesCtrRandom.forRelease(key(1), 3, QUERY).nextLong());
    first.add(AesCtrRandom.forRelease(key(2), 3, QUERY).nextLong());
    first.add(AesCtrRandom.forRelease(key(1), 4, QUERY).nextLong());
    first.add(AesCtrRandom.forRelease(key(1), 3, Digest.of(new byte[] {2})).nextLong());
    // Four distinct words by chance alone: false alarm below 6 * 2^-64.
    assertThat(first).hasSize(4);
  }

  /** The words were computed with openssl: HMAC-SHA256 for the key, then AES-256-CTR of zeros, its first 32 bytes cut. */
  @Test
  void forRelease_fixedKey_givesTheStandardKeystream() {
    AesCtrRandom random = AesCtrRandom.forRelease(key(1), 3, QUERY);
    assertThat(Long.toHexString(random.nextLong())).isEqualTo(FIRST_WORD);
    for (int i = 1; i < 8188; i++) {
      random.nextLong();
    }
    assertThat(Long.toHexString(random.nextLong())).isEqualTo(FIRST_WORD_OF_SECOND_BUFFER);
  }

  private static final String FIRST_WORD = "c435cbfb958f16e3";
  private static final String FIRST_WORD_OF_SECOND_BUFFER = "72c4976d49c8903d";

  @Test
  void fromOperatingSystem_twoGenerators_differ() {
    // False alarm 2^-64.
    assertThat(AesCtrRandom.fromOperatingSystem().nextLong())
        .isNotEqualTo(AesCtrRandom.fromOperatingSystem().nextLong());
  }

  @Test
  void noiseKey_wrongLength_isRefused() {
    assertThatThrownBy(() -> new NoiseKey(new byte[31]))
        .hasMessage("noise key must be 32 bytes long: 31");
  }

  @Test
  void noiseKey_toString_hidesTheKey() {
    assertThat(key(0x41)).hasToString("NoiseKey[secret]");
  }

  @Test
  void commitment_otherKeyOrChargeOrQuery_differs() {
    Set<Digest> commitments = new HashSet<>();
    commitments.add(key(1).commitment(3, QUERY));
    commitments.add(key(2).commitment(3, QUERY));
    commitments.add(key(1).commitment(4, QUERY));
    commitments.add(key(1).commitment(3, Digest.of(new byte[] {2})));
    assertThat(commitments).hasSize(4);
    assertThat(key(1).commitment(3, QUERY)).isIn(commitments);
  }

  private static NoiseKey key(int fill) {
    byte[] key = new byte[NoiseKey.BYTES];
    Arrays.fill(key, (byte) fill);
    return new NoiseKey(key);
  }
}
