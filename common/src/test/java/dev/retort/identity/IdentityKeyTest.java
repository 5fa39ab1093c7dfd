package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class IdentityKeyTest {

  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] MESSAGE = "checkpoint".getBytes(StandardCharsets.UTF_8);

  /** RFC 8032, section 7.1, test 2. */
  @Test
  void sign_ofRfc8032Vector_givesItsSignature() throws KeyFileException {
    IdentityKey key = IdentityKey.ofPkcs8(HEX.parseHex("302e020100300506032b657004220420"
        + "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

    assertThat(key.publicKey())
        .isEqualTo(
            HEX.parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    assertThat(key.sign(new byte[] {0x72}))
        .isEqualTo(HEX.parseHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
  }

  @Test
  void verify_ofSignature_holdsForThatMessageAndKeyOnly() {
    IdentityKey key = IdentityKey.generate(new SecureRandom());
    byte[] signature = key.sign(MESSAGE);
    byte[] bent = signature.clone();
    bent[40] ^= 1;

    assertThat(IdentityKey.verify(key.publicKey(), MESSAGE, signature)).isTrue();
    assertThat(IdentityKey.verify(key.publicKey(), new byte[] {1}, signature)).isFalse();
    assertThat(IdentityKey.verify(key.publicKey(), MESSAGE, bent)).isFalse();
    assertThat(IdentityKey.verify(key.publicKey(), MESSAGE, new byte[3])).isFalse();
    assertThat(IdentityKey.verify(new byte[31], MESSAGE, signature)).isFalse();
    assertThat(IdentityKey.verify(
            IdentityKey.generate(new SecureRandom()).publicKey(), MESSAGE, signature))
        .isFalse();
  }

  /** The neutral element and a point of order 8: signatures under them can hold for any message. */
  @Test
  void isPublicKey_ofPointOfSmallOrder_isFalse() {
    assertThat(IdentityKey.isPublicKey(
            HEX.parseHex("0100000000000000000000000000000000000000000000000000000000000000")))
        .isFalse();
    assertThat(IdentityKey.isPublicKey(
            HEX.parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")))
        .isFalse();
  }

  @Test
  void ofPkcs8_ofOtherKeyOrGarbage_refuses() {
    byte[] ec =
        CertificateRequest.generateKeyPair(new SecureRandom()).getPrivate().getEncoded();

    assertThatThrownBy(() -> IdentityKey.ofPkcs8(ec)).isInstanceOf(KeyFileException.class);
    assertThatThrownBy(() -> IdentityKey.ofPkcs8(new byte[7])).isInstanceOf(KeyFileException.class);
  }

  @Test
  void toString_ofKey_showsThePublicKeyOnly() {
    IdentityKey key = IdentityKey.generate(new SecureRandom());

    assertThat(key.toString()).isEqualTo("IdentityKey[" + HEX.formatHex(key.publicKey()) + "]");
  }
}
