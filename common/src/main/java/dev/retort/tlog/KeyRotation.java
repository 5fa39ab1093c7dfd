package dev.retort.tlog;

import java.util.Map;

/**
 * Says that from the next entry on another key signs a log. It is the one kind of entry that any log may hold, and both keys
 * sign it: the old one so that nobody else can replace it, the new one so that nobody claims a key that he does not have.
 *
 * @param from the key that signed the log so far
 * @param to the key that signs it from now on, under the same name
 */
public record KeyRotation(VerifierKey from, VerifierKey to) {

  /** The tag that names this kind of entry. */
  public static final String TYPE = "key-rotate";

  private static final String OLD_KEY = "oldKey";
  private static final String NEW_KEY = "newKey";

  public KeyRotation {
    if (from.type() != VerifierKey.Type.ED25519 || to.type() != VerifierKey.Type.ED25519) {
      throw new IllegalArgumentException(
          "keys of a rotation must be Ed25519 keys of a log: " + from + ", " + to);
    }
    if (!from.name().equals(to.name())) {
      throw new IllegalArgumentException(
          "keys of a rotation must have one name, " + from.name() + ": " + to.name());
    }
  }

  /**
   * Reads an entry's own fields.
   *
   * @throws MalformedLogException if a key is missing or malformed
   * @throws IllegalArgumentException if the keys are not two of one log
   */
  public static KeyRotation read(FieldReader fields) throws MalformedLogException {
    return new KeyRotation(
        VerifierKey.parse(fields.text(OLD_KEY)), VerifierKey.parse(fields.text(NEW_KEY)));
  }

  /** Writes an entry's own fields. */
  public void put(Map<String, String> fields) {
    fields.put(OLD_KEY, from.toString());
    fields.put(NEW_KEY, to.toString());
  }
}
