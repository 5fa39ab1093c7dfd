package dev.retort.auditor;

import dev.retort.merkle.Digest;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.util.Arrays;
import java.util.Base64;

/** One party's Ed25519 key in the parts that it plays. */
final class PublicKeys {

  private final String name;
  private final byte[] raw;

  private PublicKeys(String name, byte[] raw) {
    this.name = name;
    this.raw = raw;
  }

  /** The key behind a log's verification key. */
  static PublicKeys of(String logKey) throws MalformedLogException {
    if (VerifierKey.parse(logKey).type() != VerifierKey.Type.ED25519) {
      throw new MalformedLogException("log key must be an Ed25519 key: " + logKey);
    }
    byte[] typed = Base64.getDecoder().decode(logKey.split("\\+", 3)[2]);
    return new PublicKeys(logKey.split("\\+", 3)[0], Arrays.copyOfRange(typed, 1, typed.length));
  }

  /** The party's name. */
  String name() {
    return name;
  }

  /** A copy of the raw key. */
  byte[] raw() {
    return raw.clone();
  }

  /** The digest by which ledgers know a coordinator's key. */
  Digest digest() {
    return Digest.of(raw);
  }

  /** The key by which the party cosigns as a witness. */
  VerifierKey witness() {
    return VerifierKey.ofWitness(name, raw);
  }
}
