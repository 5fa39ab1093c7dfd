package dev.retort.node.teacher;

import dev.retort.label.LabelGrid;
import dev.retort.merkle.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * A vote table on the disk, of mode 0600 from its creation, so that a restarted node answers without training again and
 * a crashed release can be redone to the same bytes. Written whole or not at all, with a checksum; bound to the plan and
 * to the records it was made of.
 *
 * @param path the file; its directory is made, of mode 0700, where absent
 * @param plan the digest of the study plan
 * @param records the commitment to the site's records
 */
public record VoteTableFile(Path path, Digest plan, Digest records) {

  private static final byte[] MAGIC = "retort votes/1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = MAGIC.length + 2 * Digest.BYTES + 4 * Integer.BYTES;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Whether there is a file, sound or not. */
  public boolean exists() {
    return Files.exists(path);
  }

  /** Writes the table and returns once it is on the disk; what stood there is replaced. */
  public void write(VoteTable table) throws IOException {
    int[] sums = table.sums();
    ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(
            HEADER_BYTES + Digest.BYTES, Math.multiplyExact(sums.length, Integer.BYTES)))
        .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put(plan.bytes()).put(records.bytes());
    bytes.putInt(table.count()).putInt(table.classes());
    bytes.putInt(table.teachers()).putInt(table.grid().size());
    for (int sum : sums) {
      bytes.putInt(sum);
    }
    bytes.put(Digest.of(Arrays.copyOf(bytes.array(), bytes.position())).bytes()).flip();

    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
    Path temporary = Files.createTempFile(directory, ".votes", ".tmp", OWNER_ONLY);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Reads the table.
   *
   * @param teachers how many labels each row must sum
   * @param grid the sum that each label must have
   * @throws CorruptVoteTableException if the file is damaged, or was made of another plan or other records
   * @throws IOException if there is no file, or it cannot be read
   */
  public VoteTable read(int teachers, LabelGrid grid)
      throws IOException, CorruptVoteTableException {
    byte[] all = Files.readAllBytes(path);
    if (all.length < HEADER_BYTES + Digest.BYTES
        || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptVoteTableException(path, "the file must begin as a vote table does");
    }
    int end = all.length - Digest.BYTES;
    if (!Arrays.equals(
        Digest.of(Arrays.copyOf(all, end)).bytes(), Arrays.copyOfRange(all, end, all.length))) {
      throw new CorruptVoteTableException(path, "the checksum must match the content");
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(all, MAGIC.length, end - MAGIC.length).order(ByteOrder.LITTLE_ENDIAN);
    byte[] digest = new byte[Digest.BYTES];
    bytes.get(digest);
    if (!Digest.ofBytes(digest).equals(plan)) {
      throw new CorruptVoteTableException(path, "the table must be of this plan");
    }
    bytes.get(digest);
    if (!Digest.ofBytes(digest).equals(records)) {
      throw new CorruptVoteTableException(path, "the table must be of the records as they are now");
    }
    int count = bytes.getInt();
    int classes = bytes.getInt();
    if (bytes.getInt() != teachers || bytes.getInt() != grid.size()) {
      throw new CorruptVoteTableException(
          path, "the table must be of the plan's teachers and grid");
    }
    if (bytes.remaining() != (long) count * classes * Integer.BYTES) {
      throw new CorruptVoteTableException(path, "the length must match the header");
    }
    int[] sums = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(sums);
    try {
      return new VoteTable(teachers, grid, classes, sums);
    } catch (IllegalArgumentException e) {
      throw new CorruptVoteTableException(path, "the table must be valid: " + e.getMessage());
    }
  }

  /** Removes the file, if there is one. */
  public void delete() throws IOException {
    Files.deleteIfExists(path);
  }
}
