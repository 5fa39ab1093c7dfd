package dev.retort.tlog;

import dev.retort.merkle.Digest;

/**
 * The state of a log (C2SP tlog-checkpoint): which log, how many entries, and their Merkle root.
 *
 * @param origin the log's name
 * @param size the count of entries
 * @param root the root over them
 */
public record Checkpoint(String origin, long size, Digest root) {

  public Checkpoint {
    if (!NoteText.isKeyName(origin)) {
      throw new IllegalArgumentException(
          "origin must have no spaces, plus signs or control characters: " + origin);
    }
    if (size < 0) {
      throw new IllegalArgumentException("size must be >= 0: " + size);
    }
  }

  /**
   * Reads the text of a checkpoint without extension lines.
   *
   * @throws MalformedLogException if it is none
   */
  public static Checkpoint parse(String text) throws MalformedLogException {
    String[] lines = text.split("\n", -1);
    if (lines.length == 4 && lines[3].isEmpty()) {
      byte[] root = NoteText.base64(lines[2]);
      if (NoteText.isKeyName(lines[0])
          && lines[1].matches("0|[1-9][0-9]{0,17}")
          && root.length == Digest.BYTES) {
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), Digest.ofBytes(root));
      }
    }
    throw new MalformedLogException(
        "checkpoint must be origin, size and base64 root, a line each: " + text);
  }

  /** The text to be signed: origin, decimal size and base64 root, a line each. */
  public String text() {
    return origin + "\n" + size + "\n" + NoteText.base64(root.bytes()) + "\n";
  }
}
