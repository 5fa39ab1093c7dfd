package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A signed message by itself, as it is kept for whoever judges it. */
final class SignedTest {

  private static final UnsafeIdentity SIGNER = new UnsafeIdentity("coordinator");
  private static final byte[] ENCODED =
      UnsafeMessages.opening(SIGNER, TestSession.digest("session"), 3, 20);

  @Test
  void parse_encoded_isTheMessageAndItsSignature() throws MalformedMessageException {
    Signed signed = Signed.parse(Octets.of(ENCODED));
    assertThat(signed.encode()).isEqualTo(Octets.of(ENCODED));
    assertThat(signed.isSignedBy(SIGNER.key())).isTrue();
    assertThat(signed.parse().number()).isEqualTo(3);
  }

  @Test
  void parse_cutGrownOrOfNoType_isRefused() {
    for (int length = 0; length < ENCODED.length; length++) {
      refused(Arrays.copyOf(ENCODED, length));
    }
    refused(Arrays.copyOf(ENCODED, ENCODED.length + 1));
    byte[] noType = ENCODED.clone();
    noType[0] = 0;
    refused(noType);
    byte[] long4G = ENCODED.clone();
    Arrays.fill(long4G, 98, 102, (byte) 0xff);
    refused(long4G);
  }

  private static void refused(byte[] encoded) {
    assertThatThrownBy(() -> Signed.parse(Octets.of(encoded)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("must");
  }
}
