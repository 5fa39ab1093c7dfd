package dev.retort.node.teacher;

import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A site's exact answers on the disk, of mode 0600 from its creation, so that a restarted node answers without training again and
 * a crashed release can be redone to the same bytes. Written whole or not at all, with a checksum; bound to the plan and
 * to the records it was made of.
 *
 * @param path the file; its directory is made, of mode 0700, where absent
 * @param plan the digest of the study plan
 * @param records the commitment to the site's records
 */
public record AnswerTableFile(Path path, Digest plan, Digest records) {

  private static final byte[] MAGIC = "retort answers/1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = MAGIC.length + 2 * Digest.BYTES + 3 * Integer.BYTES;
  /** Whether there is a file, sound or not. */
  public boolean exists() {
    return Files.exists(path);
  }

  /** Writes the table and returns once it is on the disk; what stood there is replaced. */
  public void write(AnswerTable table) throws IOException {
    int[] sums = table.sums();
    ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(
            HEADER_BYTES + Digest.BYTES, Math.multiplyExact(sums.length, Integer.BYTES)))
        .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put(plan.bytes()).put(records.bytes());
    bytes.putInt(table.count()).putInt(table.width()).putInt(table.rows());
    for (int sum : sums) {
      bytes.putInt(sum);
    }
    bytes.put(Digest.of(Arrays.copyOf(bytes.array(), bytes.position())).bytes()).flip();

    OwnerFile.write(path, bytes);
  }

  /**
   * Reads the table.
   *
   * @param mechanism whose sums the answers must be
   * @param rows how many rows each answer must sum at most
   * @throws CorruptAnswerTableException if the file is damaged, or was made of another plan or other records
   * @throws IOException if there is no file, or it cannot be read
   */
  public AnswerTable read(Mechanism mechanism, int rows)
      throws IOException, CorruptAnswerTableException {
    byte[] all = Files.readAllBytes(path);
    if (all.length < HEADER_BYTES + Digest.BYTES
        || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptAnswerTableException(path, "the file must begin as a table of answers does");
    }
    int end = all.length - Digest.BYTES;
    if (!Arrays.equals(
        Digest.of(Arrays.copyOf(all, end)).bytes(), Arrays.copyOfRange(all, end, all.length))) {
      throw new CorruptAnswerTableException(path, "the checksum must match the content");
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(all, MAGIC.length, end - MAGIC.length).order(ByteOrder.LITTLE_ENDIAN);
    byte[] digest = new byte[Digest.BYTES];
    bytes.get(digest);
    if (!Digest.ofBytes(digest).equals(plan)) {
      throw new CorruptAnswerTableException(path, "the table must be of this plan");
    }
    bytes.get(digest);
    if (!Digest.ofBytes(digest).equals(records)) {
      throw new CorruptAnswerTableException(
          path, "the table must be of the records as they are now");
    }
    int count = bytes.getInt();
    if (bytes.getInt() != mechanism.width() || bytes.getInt() != rows) {
      throw new CorruptAnswerTableException(path, "the table must be of the plan's width and rows");
    }
    if (bytes.remaining() != (long) count * mechanism.width() * Integer.BYTES) {
      throw new CorruptAnswerTableException(path, "the length must match the header");
    }
    int[] sums = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(sums);
    try {
      return new AnswerTable(mechanism, rows, sums);
    } catch (IllegalArgumentException e) {
      throw new CorruptAnswerTableException(path, "the table must be valid: " + e.getMessage());
    }
  }
}
