package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.noise.RandomSource;
import dev.retort.secagg.MaskExpansion.Mask;
import dev.retort.secagg.MaskExpansion.Sign;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Known answers and laws of the pieces. */
class PrimitivesTest {

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** RFC 5869, appendix A.1. */
  @Test
  void hkdf_testCase1_isTheRfcs() {
    byte[] key = Hkdf.extract(hex("000102030405060708090a0b0c"), hex("0b".repeat(22)));
    assertThat(key)
        .isEqualTo(hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    assertThat(Hkdf.expand(key, 42, hex("f0f1f2f3f4"), hex("f5f6f7f8f9")))
        .isEqualTo(
            hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8"
                + "87185865"));
  }

  /** RFC 5869, appendix A.3: no salt, no info. */
  @Test
  void hkdf_testCase3_isTheRfcs() {
    byte[] key = Hkdf.extract(new byte[0], hex("0b".repeat(22)));
    assertThat(Hkdf.expand(key, 42))
        .isEqualTo(
            hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4"
                + "b61a96c8"));
  }

  @Test
  void hkdf_longOutputs_areBouncyCastles() {
    for (int length : new int[] {1, 31, 32, 33, 44, 64, 1000, 8160}) {
      HKDFBytesGenerator other = new HKDFBytesGenerator(new SHA256Digest());
      other.init(new HKDFParameters(hex("01".repeat(40)), hex("02".repeat(70)), hex("03")));
      byte[] expected = new byte[length];
      other.generateBytes(expected, 0, length);
      byte[] key = Hkdf.extract(hex("02".repeat(70)), hex("01".repeat(40)));
      assertThat(Hkdf.expand(key, length, hex("03"))).isEqualTo(expected);
    }
  }

  /** draft-connolly-cfrg-xwing-kem, appendix C, first vector, with its encapsulation's coins. */
  @Test
  void xWing_draftVector_isTheDrafts() throws Exception {
    XWingKey key = XWingKey.ofSeed(
        Secret.take(hex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")));
    assertThat(HexFormat.of().formatHex(key.publicKey().bytes()))
        .startsWith("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5b19cfc3d");
    XWingKey.Encapsulated made = XWingKey.encapsulate(
        key.publicKey(),
        words(hex("3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2"
            + "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2")));
    byte[] shared = hex("d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
    assertThat(made.secret().view()).isEqualTo(shared);
    assertThat(key.decapsulate(made.ciphertext()).view()).isEqualTo(shared);
  }

  @Test
  void xWing_alteredCiphertext_givesAnotherSecretAndNoError() throws Exception {
    XWingKey key = XWingKey.generate(new UnsafeSeededRandom(1));
    XWingKey.Encapsulated made = XWingKey.encapsulate(key.publicKey(), new UnsafeSeededRandom(2));
    byte[] altered = made.ciphertext().bytes();
    altered[100] ^= 1;
    assertThat(key.decapsulate(Octets.of(altered)).view())
        .isNotEqualTo(made.secret().view());
  }

  @Test
  void xWing_pointOfSmallOrder_isRefused() {
    byte[] publicKey = XWingKey.generate(new UnsafeSeededRandom(1)).publicKey().bytes();
    java.util.Arrays.fill(publicKey, publicKey.length - 32, publicKey.length, (byte) 0);
    assertThatThrownBy(() -> XWingKey.encapsulate(Octets.of(publicKey), new UnsafeSeededRandom(2)))
        .isInstanceOf(UnusableKeyException.class);
  }

  /** FIPS 197, section 4.2: {57} x {83} = {c1}; {53} and {ca} are inverses. */
  @Test
  void gf256_examplesOfTheStandard_hold() {
    assertThat(Gf256.multiplyPublic(0x57, 0x83)).isEqualTo(0xc1);
    assertThat(Gf256.multiplyPublic(0x57, 0x13)).isEqualTo(0xfe);
    assertThat(Gf256.invert(0x53)).isEqualTo(0xca);
  }

  @Test
  void gf256_packed_isTheSchoolbookProductInEveryByte() {
    UnsafeSeededRandom random = new UnsafeSeededRandom(3);
    for (int multiplier = 0; multiplier < 256; multiplier++) {
      long packed = random.nextLong();
      long product = Gf256.multiply(packed, multiplier);
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        assertThat((int) (product >>> shift & 0xff))
            .isEqualTo(schoolbook((int) (packed >>> shift & 0xff), multiplier));
      }
    }
  }

  private static int schoolbook(int a, int b) {
    int product = 0;
    for (int bit = 0; bit < 8; bit++) {
      product ^= (b >> bit & 1) == 1 ? a << bit : 0;
    }
    for (int degree = 14; degree >= 8; degree--) {
      product ^= (product >> degree & 1) == 1 ? 0x11b << (degree - 8) : 0;
    }
    return product;
  }

  /**
   * Our own vector. Secret 00 01 .. 1f, threshold 2, slope f0 f1 .. (byte i is 0xf0 xor i), so that the share at x is
   * i xor x (0xf0 xor i); worked out by hand for some bytes: at x = 2, byte 0 is 2 f0 = fb, byte 1 is 01 xor 2 f1 = f8.
   */
  @Test
  void shamir_ownVector_isAsWorkedOut() {
    byte[] secret = new byte[32];
    byte[] slope = new byte[32];
    for (int i = 0; i < 32; i++) {
      secret[i] = (byte) i;
      slope[i] = (byte) (0xf0 ^ i);
    }
    byte[][] shares = ShamirSharing.split(Secret.take(secret.clone()), 3, 2, words(slope));
    assertThat(shares[0]).isEqualTo(hex("f0".repeat(32)));
    assertThat(HexFormat.of().formatHex(shares[1]))
        .isEqualTo("fbf8fdfef7f4f1f2e3e0e5e6efece9eacbc8cdcec7c4c1c2d3d0d5d6dfdcd9da");
    for (int i = 0; i < 32; i++) {
      assertThat(shares[2][i] & 0xff).isEqualTo(i ^ schoolbook(0xf0 ^ i, 3));
    }
    int[] weights = ShamirSharing.weights(new int[] {2, 3});
    assertThat(
            ShamirSharing.combine(new byte[][] {shares[1], shares[2]}, weights).view())
        .isEqualTo(secret);
  }

  @Test
  void shamir_anyThresholdOf255_givesTheSecret() {
    UnsafeSeededRandom random = new UnsafeSeededRandom(4);
    Secret secret = Secret.draw(random);
    byte[][] shares = ShamirSharing.split(secret, 255, 158, random);
    for (int start = 0; start < 255; start += 51) {
      int from = start;
      int[] points = IntStream.range(0, 158).map(i -> (from + i) % 255 + 1).toArray();
      byte[][] some =
          IntStream.of(points).mapToObj(point -> shares[point - 1]).toArray(byte[][]::new);
      assertThat(ShamirSharing.combine(some, ShamirSharing.weights(points)).view())
          .isEqualTo(secret.view());
    }
  }

  /** For any one share of a threshold of two, every secret byte has exactly one slope: the share says nothing. */
  @Test
  void shamir_fewerThanTheThreshold_fitEverySecret() {
    for (int point = 1; point < 256; point++) {
      boolean[] seen = new boolean[256];
      for (int slope = 0; slope < 256; slope++) {
        seen[0x5a ^ Gf256.multiplyPublic(slope, point)] = true;
      }
      assertThat(seen).doesNotContain(false);
    }
  }

  /** Against AES in ECB mode over counter blocks built by hand, and HKDF by Bouncy Castle. */
  @ParameterizedTest
  @EnumSource(LaneWidth.class)
  void masks_are_aesOfCountersUnderTheDerivedKey(LaneWidth width) throws Exception {
    Secret seed = Secret.take(hex("11".repeat(32)));
    Octets cohort = Octets.of(hex("22".repeat(32)));
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    byte[] info = ByteBuffer.allocate(43)
        .put(Hkdf.label("fd-sa/1 prg"))
        .put(cohort.view())
        .array();
    hkdf.init(HKDFParameters.skipExtractParameters(seed.view(), info));
    byte[] derived = new byte[44];
    hkdf.generateBytes(derived, 0, 44);
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
    ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, 0, 32, "AES"));
    // More than a tile, and not a whole number of tiles.
    int lanes = (MaskExpansion.TILE_BYTES * 2 + 160) / width.bytes();
    ByteBuffer stream = ByteBuffer.allocate(lanes * width.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; stream.hasRemaining(); block++) {
      stream.put(
          ecb.doFinal(ByteBuffer.allocate(16).put(derived, 32, 12).putInt(block).array()));
    }
    Lanes plus = Lanes.zeros(width, lanes);
    MaskExpansion.apply(plus, List.of(new Mask(seed, Sign.PLUS)), cohort);
    Lanes minus = Lanes.zeros(width, lanes);
    MaskExpansion.apply(minus, List.of(new Mask(seed, Sign.MINUS)), cohort);
    for (int i = 0; i < lanes; i++) {
      long expected = switch (width) {
        case W16 -> stream.getShort(i * 2);
        case W32 -> stream.getInt(i * 4);
        case W64 -> stream.getLong(i * 8);
      };
      assertThat(plus.get(i)).isEqualTo(expected);
      assertThat((plus.get(i) + minus.get(i)) << (64 - width.bits())).isZero();
    }
  }

  /** Our own vector, so that a change of any label or byte order is seen. */
  @Test
  void masks_ownVector_staysAsItIs() {
    Lanes lanes = Lanes.zeros(LaneWidth.W64, 2);
    MaskExpansion.apply(
        lanes,
        List.of(new Mask(Secret.take(hex("11".repeat(32))), Sign.PLUS)),
        Octets.of(hex("22".repeat(32))));
    byte[] bytes = new byte[16];
    lanes.write(0, bytes, bytes.length);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("04a32efec81042247547332a54f6102e");
  }

  /** Worked out with Python's hmac. */
  @Test
  void pairKeys_ownVector_staysAsItIs() {
    PairKeys keys =
        PairKeys.derive(Secret.take(hex("33".repeat(32))), Octets.of(hex("44".repeat(32))), 2, 5);
    assertThat(HexFormat.of().formatHex(keys.tag().bytes()))
        .isEqualTo("543f79e98da50947c16a5b612e53d87b");
    String first = HexFormat.of().formatHex(keys.segmentSeed(0).view());
    assertThat(first).isEqualTo("4a1e175776e3cd223ab4e7367d0e16d51ff4e7e3856477f411c4826449e1ddc4");
    keys.ratchet();
    assertThat(HexFormat.of().formatHex(keys.segmentSeed(0).view())).isNotEqualTo(first);
    assertThat(keys.shareKey(2, 5).view()).isNotEqualTo(keys.shareKey(5, 2).view());
  }

  @Test
  void seal_underAnythingElse_doesNotOpen() throws Exception {
    byte[] key = hex("55".repeat(32));
    byte[] sealed = ShareSeal.seal(key, 7, hex("01"), hex("0203"));
    assertThat(sealed).hasSize(2 + ShareSeal.TAG_BYTES);
    assertThat(ShareSeal.open(key, 7, hex("01"), sealed)).isEqualTo(hex("0203"));
    assertThatThrownBy(() -> ShareSeal.open(key, 8, hex("01"), sealed))
        .isInstanceOf(BrokenSealException.class);
    assertThatThrownBy(() -> ShareSeal.open(key, 7, hex("02"), sealed))
        .isInstanceOf(BrokenSealException.class);
    assertThatThrownBy(() -> ShareSeal.open(hex("56".repeat(32)), 7, hex("01"), sealed))
        .isInstanceOf(BrokenSealException.class);
  }

  @Test
  void seal_twiceUnderOneNumber_isRefusedByThePlatform() {
    byte[] key = hex("57".repeat(32));
    ShareSeal.seal(key, 7, hex("01"), hex("02"));
    assertThatThrownBy(() -> ShareSeal.seal(key, 7, hex("01"), hex("03")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void secret_destroyed_isWipedAndUnusable() {
    byte[] bytes = hex("66".repeat(32));
    Secret secret = Secret.take(bytes);
    secret.destroy();
    assertThat(bytes).containsOnly(0);
    assertThatThrownBy(secret::view).isInstanceOf(IllegalStateException.class);
    assertThat(secret.toString()).doesNotContain("66");
  }

  private static RandomSource words(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return words::getLong;
  }
}
