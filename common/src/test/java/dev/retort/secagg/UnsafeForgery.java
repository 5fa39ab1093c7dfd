package dev.retort.secagg;

import dev.retort.tlog.LogSigner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Signs bytes that are perhaps no message: what a dishonest holder of a key can send. Written from the specification. */
final class UnsafeForgery {

  private UnsafeForgery() {}

  static Signed sign(MessageType type, Octets body, LogSigner signer) {
    byte[] label = type.label().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer encoding = ByteBuffer.allocate(6 + 8 + label.length + 8 + body.length());
    encoding.order(ByteOrder.LITTLE_ENDIAN);
    encoding
        .put("FDSAv1".getBytes(StandardCharsets.US_ASCII))
        .putLong(label.length)
        .put(label);
    encoding.putLong(body.length()).put(body.view());
    return new Signed(
        type,
        VerifyingKey.of(signer.publicKey()).id(),
        Octets.wrap(signer.sign(encoding.array())),
        body);
  }
}
