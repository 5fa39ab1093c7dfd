package dev.retort.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DSSE 1.0.2 envelope around one entry, in its one canonical JSON form. What the signature covers is the payload's
 * bytes and type, never a re-serialisation. Immutable.
 */
public final class Envelope {

  /** What fits the two-byte length of C2SP tile bundles. */
  public static final int MAX_BYTES = 65_535;

  static final String PAYLOAD_TYPE = "application/vnd.retort.ledger-entry.v1+json";

  private static final String BASE64 = "[A-Za-z0-9+/]*={0,2}";
  private static final String SIGNATURE =
      "\\{\"keyid\":\"([0-9a-f]{8})\",\"sig\":\"(" + BASE64 + ")\"\\}";
  private static final Pattern JSON = Pattern.compile(
      "\\{\"payload\":\"(" + BASE64 + ")\",\"payloadType\":\"" + Pattern.quote(PAYLOAD_TYPE)
          + "\",\"signatures\":\\[(" + SIGNATURE + "(?:," + SIGNATURE + "){0,7})\\]\\}");
  private static final Pattern ONE_SIGNATURE = Pattern.compile(SIGNATURE);

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
    Matcher matcher = JSON.matcher(new String(json, StandardCharsets.ISO_8859_1));
    if (matcher.matches()) {
      List<EnvelopeSignature> signatures = new ArrayList<>();
      Matcher each = ONE_SIGNATURE.matcher(matcher.group(2));
      while (each.find()) {
        signatures.add(new EnvelopeSignature(each.group(1), each.group(2)));
      }
      Envelope envelope = new Envelope(NoteText.base64(matcher.group(1)), signatures);
      if (Arrays.equals(envelope.encode(), json)) {
        return envelope;
      }
    }
    throw new MalformedLogException("envelope must be canonical DSSE JSON of type " + PAYLOAD_TYPE);
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
