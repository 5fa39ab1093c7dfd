package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * How two copies of one log relate.
 *
 * @param firstSize the count of entries of the first
 * @param secondSize the count of entries of the second
 * @param common how many entries they begin with in common: at a fork, the index of the first that differs
 */
public record LogComparison(long firstSize, long secondSize, long common) {

  /** How two copies of one log relate. */
  public enum Relation {
    EQUAL,
    FIRST_IS_PREFIX,
    SECOND_IS_PREFIX,
    FORKED
  }

  /**
   * Compares two copies of a log entry by entry; whether either verifies is another question.
   *
   * @throws MalformedLogException if they are of different logs, or the entries of one cannot be read
   */
  public static LogComparison of(LogSource first, LogSource second)
      throws MalformedLogException, LogUnavailableException {
    String key = first.logKey().orElse("");
    String other = second.logKey().orElse("");
    if (!key.equals(other)) {
      throw new MalformedLogException("logs must have one key: " + key + " and " + other);
    }
    byte[] leaves = leaves(first);
    byte[] otherLeaves = leaves(second);
    int differs = Arrays.mismatch(leaves, otherLeaves);
    int common = differs < 0 ? leaves.length : differs;
    return new LogComparison(
        leaves.length / Digest.BYTES, otherLeaves.length / Digest.BYTES, common / Digest.BYTES);
  }

  /** Whether one is a prefix of the other. */
  public Relation relation() {
    if (common < Math.min(firstSize, secondSize)) {
      return Relation.FORKED;
    }
    if (firstSize == secondSize) {
      return Relation.EQUAL;
    }
    return firstSize < secondSize ? Relation.FIRST_IS_PREFIX : Relation.SECOND_IS_PREFIX;
  }

  private static byte[] leaves(LogSource log)
      throws MalformedLogException, LogUnavailableException {
    ByteArrayOutputStream leaves = new ByteArrayOutputStream();
    log.forEachEntry(
        (seq, envelope) -> leaves.writeBytes(MerkleTree.leaf(envelope).bytes()));
    for (LogFault fault : log.faults()) {
      if (fault.hidesEntries()) {
        throw new MalformedLogException("entries must be readable: " + fault.message());
      }
    }
    return leaves.toByteArray();
  }
}
