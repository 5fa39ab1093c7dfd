package dev.retort.auditor;

import dev.retort.merkle.Digest;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** One party's Ed25519 key in the parts that it plays. */
final class PublicKeys {

  private static final int COSIGNATURE = 4;

  private final String name;
  private final byte[] raw;

  private PublicKeys(String name, byte[] raw) {
    this.name = name;
    this.raw = raw;
  }

  /** The key behind a log's verification key. */
  static PublicKeys of(String logKey) throws MalformedLogException {
    VerifierKey.parse(logKey);
    byte[] typed = Base64.getDecoder().decode(logKey.split("\\+", 3)[2]);
    return new PublicKeys(logKey.split("\\+", 3)[0], Arrays.copyOfRange(typed, 1, typed.length));
  }

  /** The party's name. */
  String name() {
    return name;
  }

  /** The digest by which ledgers know a coordinator's key. */
  Digest digest() {
    return Digest.of(raw);
  }

  /** The key by which the party cosigns as a witness. */
  VerifierKey witness() throws MalformedLogException {
    byte[] typed = new byte[1 + raw.length];
    typed[0] = COSIGNATURE;
    System.arraycopy(raw, 0, typed, 1, raw.length);
    byte[] start = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] message = Arrays.copyOf(start, start.length + typed.length);
    System.arraycopy(typed, 0, message, start.length, typed.length);
    return VerifierKey.parse(name + "+" + Digest.of(message).hex().substring(0, 8) + "+"
        + Base64.getEncoder().encodeToString(typed));
  }
}
