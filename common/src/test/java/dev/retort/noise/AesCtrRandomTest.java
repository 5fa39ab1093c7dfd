package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Cipher;
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

  /** One buffer holds 8,188 words: 64 KiB less the next buffer's key. */
  @Test
  void reseeding_afterItsBuffers_takesAFreshKeyAndGoesOnFromIt() {
    int words = 8188;
    int[] asked = new int[1];
    AesCtrRandom.KeySource keys = () -> {
      byte[] key = new byte[32];
      Arrays.fill(key, (byte) ++asked[0]);
      return key;
    };
    AesCtrRandom reseeded = AesCtrRandom.reseeding(keys, 2);
    assertThat(asked).containsExactly(1);
    AesCtrRandom first = AesCtrRandom.reseeding(() -> filled(1), 99);
    for (int i = 0; i < 2 * words; i++) {
      assertThat(reseeded.nextLong()).isEqualTo(first.nextLong());
    }
    assertThat(asked).containsExactly(1);
    AesCtrRandom second = AesCtrRandom.reseeding(() -> filled(2), 99);
    for (int i = 0; i < 2 * words; i++) {
      assertThat(reseeded.nextLong()).isEqualTo(second.nextLong());
    }
    assertThat(asked).containsExactly(2);
    assertThat(reseeded.nextLong())
        .isEqualTo(AesCtrRandom.reseeding(() -> filled(3), 99).nextLong());
    assertThat(asked).containsExactly(3);
  }

  @Test
  void reseeding_keyGiven_isWiped() {
    byte[] key = filled(5);
    AesCtrRandom.reseeding(() -> key, 1);
    assertThat(key).containsOnly(0);
  }

  /** Whoever copies the generator's memory finds neither the words given nor a key that yields them. */
  @Test
  void nextLong_afterwards_leavesNothingOfTheWordsGiven() throws Exception {
    AesCtrRandom random = AesCtrRandom.forRelease(key(1), 3, QUERY);
    long given = random.nextLong();
    random.nextLong();
    byte[] buffer = (byte[]) field(random, "buffer");
    assertThat(Arrays.copyOf(buffer, 32 + 16)).containsOnly(0);
    assertThat(Arrays.copyOfRange(buffer, 48, 56)).isNotEqualTo(new byte[8]);
    byte[] fromHere = ((Cipher) field(random, "cipher")).update(new byte[64 * 1024]);
    for (int i = 2; i < 8188; i++) {
      random.nextLong();
    }
    assertThat(buffer).containsOnly(0);
    // What the cipher still yields is what comes next, not what was.
    long next = ByteBuffer.wrap(fromHere).order(ByteOrder.LITTLE_ENDIAN).getLong(32);
    assertThat(Long.toHexString(next)).isEqualTo(FIRST_WORD_OF_SECOND_BUFFER);
    assertThat(next).isNotEqualTo(given);
  }

  @Test
  void forRelease_negativeSequenceNumber_isRefusedByName() {
    assertThatThrownBy(() -> AesCtrRandom.forRelease(key(1), -1, QUERY))
        .hasMessage("seq must be >= 0: -1");
  }

  private static Object field(AesCtrRandom random, String name) throws Exception {
    Field field = AesCtrRandom.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(random);
  }

  private static byte[] filled(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
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
    return new NoiseKey(filled(fill));
  }
}
