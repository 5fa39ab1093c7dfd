package dev.retort.secagg;

import dev.retort.tlog.LogSigner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message as it was transmitted, with its signature over exactly these bytes. It is parsed after it was verified, and
 * never encoded again.
 *
 * @param type the kind of message; the signature covers it
 * @param keyId the signer's {@link VerifyingKey#id}
 * @param signature Ed25519 over the pre-authentication encoding
 * @param body the message's encoding
 */
public record Signed(MessageType type, Octets keyId, Octets signature, Octets body) {

  /** The largest body: a roster of 4,096 adverts. */
  static final int MAX_BODY_BYTES = 8 << 20;

  private static final byte[] DOMAIN = "FDSAv1".getBytes(StandardCharsets.US_ASCII);

  public Signed {
    if (keyId.length() != VerifyingKey.ID_BYTES
        || signature.length() != VerifyingKey.SIGNATURE_BYTES
        || body.length() > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "key id, signature and body must be 33, 64 and at most " + MAX_BODY_BYTES
              + " bytes long: " + keyId.length() + ", " + signature.length() + ", "
              + body.length());
    }
  }

  /** Signs a message. */
  static Signed sign(Message message, LogSigner signer) {
    Octets body = message.encode();
    byte[] signature = signer.sign(preAuthenticationEncoding(message.type(), body));
    return new Signed(
        message.type(), VerifyingKey.id(signer.publicKey()), Octets.wrap(signature), body);
  }

  /** Whether {@code key} signed this. */
  public boolean isSignedBy(VerifyingKey key) {
    return keyId.equals(key.id())
        && key.verifies(preAuthenticationEncoding(type, body), signature.view());
  }

  /**
   * The message in the body.
   *
   * @throws MalformedMessageException if there is none; verify first
   */
  public Message parse() throws MalformedMessageException {
    return Message.parse(type, body);
  }

  /** SHA-256 of the body. */
  Octets bodyDigest() {
    return Octets.sha256(body.view());
  }

  /** The encoding: type, key id, signature, length of the body, body. By its SHA-256 evidence is kept. */
  public Octets encode() {
    BodyWriter out = new BodyWriter(encodedBytes());
    write(out);
    return out.done();
  }

  /**
   * The message with this encoding.
   *
   * @throws MalformedMessageException if there is none; the body may still be none
   */
  public static Signed parse(Octets encoded) throws MalformedMessageException {
    BodyReader in = new BodyReader(encoded);
    Signed signed = read(in);
    in.end();
    return signed;
  }

  /** How many bytes {@link #write} writes. */
  int encodedBytes() {
    return 1 + VerifyingKey.ID_BYTES + VerifyingKey.SIGNATURE_BYTES + Integer.BYTES + body.length();
  }

  void write(BodyWriter out) {
    out.u8(type.code()).fixed(keyId).fixed(signature).blob(body);
  }

  static Signed read(BodyReader in) throws MalformedMessageException {
    MessageType type = MessageType.ofCode(in.u8());
    Octets keyId = in.fixed(VerifyingKey.ID_BYTES);
    Octets signature = in.fixed(VerifyingKey.SIGNATURE_BYTES);
    return new Signed(type, keyId, signature, in.blob(MAX_BODY_BYTES));
  }

  /** A list in a message. */
  static java.util.List<Signed> readList(BodyReader in) throws MalformedMessageException {
    return in.list(SessionProposal.MAX_NODES, Signed::read);
  }

  // "FDSAv1" || LE64(len type) || type || LE64(len body) || body: lengths are signed with what they
  // measure, so that no two messages have one encoding.
  private static byte[] preAuthenticationEncoding(MessageType type, Octets body) {
    byte[] label = type.label().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(DOMAIN.length + 2 * Long.BYTES + label.length + body.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(DOMAIN)
        .putLong(label.length)
        .put(label)
        .putLong(body.length())
        .put(body.view())
        .array();
  }
}
