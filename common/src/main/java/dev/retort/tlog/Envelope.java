package dev.retort.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A DSSE 1.0.2 envelope around one entry, in its one canonical JSON form. What the signature covers is the payload's
 * bytes and type, never a re-serialisation. Immutable.
 */
public final class Envelope {

  /** What fits the two-byte length of C2SP tile bundles. */
  public static final int MAX_BYTES = 65_535;

  static final String PAYLOAD_TYPE = "application/vnd.retort.ledger-entry.v1+json";

  private static final int MAX_SIGNATURES = 8;
  private static final int KEY_ID_CHARS = 8;

  private final byte[] payload;
  private final List<EnvelopeSignature> signatures;

  private Envelope(byte[] payload, List<EnvelopeSignature> signatures) {
    this.payload = payload;
    this.signatures = List.copyOf(signatures);
  }

  private record EnvelopeSignature(String keyId, String base64) {}

  /** A payload signed by one key. */
  public static Envelope sign(byte[] payload, LogSigner signer) {
    String keyId = VerifierKey.ofLog(signer).keyId();
    byte[] signature = signer.sign(preAuthenticationEncoding(payload));
    return new Envelope(
        payload.clone(), List.of(new EnvelopeSignature(keyId, NoteText.base64(signature))));
  }

  /** This envelope with one more signature. */
  public Envelope signAlso(LogSigner signer) {
    List<EnvelopeSignature> more = new ArrayList<>(signatures);
    more.addAll(sign(payload, signer).signatures);
    return new Envelope(payload, more);
  }

  /**
   * The envelope that encodes to exactly {@code json}.
   *
   * @throws MalformedLogException if there is none
   */
  public static Envelope parse(byte[] json) throws MalformedLogException {
    if (json.length > MAX_BYTES) {
      throw new MalformedLogException(
          "envelope must be at most " + MAX_BYTES + " bytes long: " + json.length);
    }
    Optional<Envelope> read = new Reader(new String(json, StandardCharsets.ISO_8859_1)).envelope();
    if (read.isPresent() && Arrays.equals(read.get().encode(), json)) {
      return read.get();
    }
    throw new MalformedLogException("envelope must be canonical DSSE JSON of type " + PAYLOAD_TYPE);
  }

  /** Reads what may be an envelope, from left to right. That it is in its one form is seen by encoding it again. */
  private static final class Reader {

    private final String text;
    private int position;

    Reader(String text) {
      this.text = text;
    }

    Optional<Envelope> envelope() {
      if (!skip("{\"payload\":\"")) {
        return Optional.empty();
      }
      byte[] payload = NoteText.base64(upToQuote());
      if (!skip("\",\"payloadType\":\"" + PAYLOAD_TYPE + "\",\"signatures\":[")) {
        return Optional.empty();
      }
      List<EnvelopeSignature> signatures = new ArrayList<>();
      do {
        if (!skip("{\"keyid\":\"")) {
          return Optional.empty();
        }
        String keyId = upToQuote();
        if (!isKeyId(keyId) || !skip("\",\"sig\":\"")) {
          return Optional.empty();
        }
        String base64 = upToQuote();
        if (!isBase64(base64) || !skip("\"}") || signatures.size() == MAX_SIGNATURES) {
          return Optional.empty();
        }
        signatures.add(new EnvelopeSignature(keyId, base64));
      } while (skip(","));
      return skip("]}") && position == text.length()
          ? Optional.of(new Envelope(payload, signatures))
          : Optional.empty();
    }

    private boolean skip(String expected) {
      if (!text.startsWith(expected, position)) {
        return false;
      }
      position += expected.length();
      return true;
    }

    private String upToQuote() {
      int start = position;
      int quote = text.indexOf('"', start);
      position = quote < 0 ? text.length() : quote;
      return text.substring(start, position);
    }

    private static boolean isKeyId(String id) {
      return id.length() == KEY_ID_CHARS
          && id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    // Whether it is the base64 of anything is seen when the signature is checked.
    private static boolean isBase64(String text) {
      int end = text.length();
      for (int padding = 0; padding < 2 && end > 0 && text.charAt(end - 1) == '='; padding++) {
        end--;
      }
      for (int i = 0; i < end; i++) {
        char c = text.charAt(i);
        boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && (c < '0' || c > '9') && c != '+' && c != '/') {
          return false;
        }
      }
      return true;
    }
  }

  /** The envelope as {@link #parse} reads it. */
  public byte[] encode() {
    StringBuilder json = new StringBuilder("{\"payload\":\"").append(NoteText.base64(payload));
    json.append("\",\"payloadType\":\"").append(PAYLOAD_TYPE).append("\",\"signatures\":[");
    String comma = "";
    for (EnvelopeSignature signature : signatures) {
      json.append(comma).append("{\"keyid\":\"").append(signature.keyId());
      json.append("\",\"sig\":\"").append(signature.base64()).append("\"}");
      comma = ",";
    }
    return json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether {@code key} signed the payload: one signature is that key's, and all that claim to be verify. */
  public boolean isSignedBy(VerifierKey key) {
    List<EnvelopeSignature> claimed =
        signatures.stream().filter(s -> s.keyId().equals(key.keyId())).toList();
    byte[] message = preAuthenticationEncoding(payload);
    return !claimed.isEmpty()
        && claimed.stream().allMatch(s -> key.verifies(message, NoteText.base64(s.base64())));
  }

  /** A copy of what is signed. */
  public byte[] payload() {
    return payload.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope that && Arrays.equals(encode(), that.encode());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
  }

  // DSSE protocol: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
  private static byte[] preAuthenticationEncoding(byte[] payload) {
    byte[] header = ("DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length
            + " ")
        .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(header.length + payload.length)
        .put(header)
        .put(payload)
        .array();
  }
}
