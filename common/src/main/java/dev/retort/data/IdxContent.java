package dev.retort.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipException;

/**
 * The extents and bytes of one IDX file.
 *
 * @param extents the extent of each dimension, the count of items first
 * @param values all bytes, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and read by IdxFile only
record IdxContent(List<Integer> extents, byte[] values) {

  /** How long the file is where only a stream is known. */
  static final long UNKNOWN_LENGTH = -1;

  private static final int UNSIGNED_BYTE = 0x08;
  private static final int FIRST_PART_BYTES = 1 << 20;
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  /**
   * Reads a whole file, and no memory for more than it can hold.
   *
   * @param fileBytes the length of the file, or {@link #UNKNOWN_LENGTH}
   */
  static IdxContent read(String file, InputStream in, long fileBytes, List<Integer> ranks)
      throws IOException, MalformedIdxException {
    try {
      Packed packed = Packed.open(in);
      List<Integer> extents = readExtents(file, packed.content(), ranks);
      int headerBytes = Integer.BYTES * (1 + extents.size());
      int expected = checkedSize(file, extents);
      boolean known = fileBytes != UNKNOWN_LENGTH;
      if (known && packed.mostBytes(fileBytes) < (long) expected + headerBytes) {
        throw cutShort(
            file, extents, expected, "a file of " + fileBytes + " bytes that cannot hold them");
      }
      byte[] values = new byte[known ? expected : Math.min(expected, FIRST_PART_BYTES)];
      int found = fill(packed.content(), values, 0);
      while (found == values.length && found < expected) {
        values = Arrays.copyOf(values, (int) Math.min(expected, 2L * values.length));
        found = fill(packed.content(), values, found);
      }
      if (found < expected) {
        throw cutShort(file, extents, expected, "found " + found);
      }
      checkEnd(file, packed.content(), expected);
      return new IdxContent(extents, values);
    } catch (ZipException e) {
      throw new MalformedIdxException(file, "must be undamaged gzip; copy the file again");
    } catch (EOFException e) {
      throw new MalformedIdxException(file, "gzip must not be cut short; copy the file again");
    }
  }

  private static List<Integer> readExtents(String file, InputStream in, List<Integer> ranks)
      throws IOException, MalformedIdxException {
    byte[] magic = headerPart(file, in, Integer.BYTES);
    int rank = magic[3];
    if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE || !ranks.contains(rank)) {
      throw new MalformedIdxException(
          file,
          String.format(
              "magic number must be 0x000008 (unsigned bytes) and a rank of %s: 0x%08x",
              ranks, ByteBuffer.wrap(magic).getInt()));
    }
    ByteBuffer header = ByteBuffer.wrap(headerPart(file, in, Integer.BYTES * rank));
    List<Integer> extents = new ArrayList<>();
    for (int dimension = 0; dimension < rank; dimension++) {
      int extent = header.getInt();
      if (extent < 1) {
        throw new MalformedIdxException(
            file,
            "dimension " + dimension + " must be in [1, 2^31): "
                + Integer.toUnsignedString(extent));
      }
      extents.add(extent);
    }
    return List.copyOf(extents);
  }

  private static byte[] headerPart(String file, InputStream in, int bytes)
      throws IOException, MalformedIdxException {
    byte[] part = new byte[bytes];
    int found = fill(in, part, 0);
    if (found < bytes) {
      throw new MalformedIdxException(
          file,
          "header must have " + bytes + " more bytes: found " + found + "; the file is cut short");
    }
    return part;
  }

  private static int checkedSize(String file, List<Integer> extents) throws MalformedIdxException {
    long size = 1;
    for (int extent : extents) {
      // Both factors are below 2^31, so the product fits a long.
      size *= extent;
      if (size > MOST_BYTES) {
        throw new MalformedIdxException(
            file, "dimensions must come to at most " + MOST_BYTES + " bytes: " + extents);
      }
    }
    return (int) size;
  }

  /** Reads until {@code to} is full or the content ends, cut gzip included; returns the count of bytes then held. */
  private static int fill(InputStream in, byte[] to, int from) throws IOException {
    int found = from;
    try {
      while (found < to.length) {
        int read = in.read(to, found, to.length - found);
        if (read < 0) {
          break;
        }
        found += read;
      }
    } catch (EOFException e) {
      return found;
    }
    return found;
  }

  private static void checkEnd(String file, InputStream in, int expected)
      throws IOException, MalformedIdxException {
    if (in.read() >= 0) {
      throw new MalformedIdxException(
          file, "must end after the " + expected + " bytes of its dimensions, but goes on");
    }
  }

  private static MalformedIdxException cutShort(
      String file, List<Integer> extents, int expected, String found) {
    return new MalformedIdxException(
        file,
        "dimensions " + extents + " must be followed by " + expected + " bytes: " + found
            + "; the file is cut short, copy it again");
  }
}
