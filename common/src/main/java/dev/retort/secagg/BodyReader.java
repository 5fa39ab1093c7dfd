package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link BodyWriter} wrote, and nothing else. No length is believed before it is held against a bound. */
final class BodyReader {

  /** Reads one item of a list. */
  @FunctionalInterface
  interface Item<T> {
    T read(BodyReader in) throws MalformedMessageException;
  }

  private final byte[] bytes;
  private int position;

  BodyReader(Octets octets) {
    this.bytes = octets.view();
  }

  int u8() throws MalformedMessageException {
    return take(1)[0] & 0xff;
  }

  /** An integer in [0, max]. */
  int u32(int max) throws MalformedMessageException {
    byte[] four = take(Integer.BYTES);
    long value = 0;
    for (byte b : four) {
      value = value << Byte.SIZE | (b & 0xff);
    }
    if (value > max) {
      throw new MalformedMessageException("integer must be in [0, " + max + "]: " + value);
    }
    return (int) value;
  }

  long i64() throws MalformedMessageException {
    long value = 0;
    for (byte b : take(Long.BYTES)) {
      value = value << Byte.SIZE | (b & 0xff);
    }
    return value;
  }

  Octets fixed(int length) throws MalformedMessageException {
    return Octets.wrap(take(length));
  }

  Digest digest() throws MalformedMessageException {
    return Digest.ofBytes(take(Digest.BYTES));
  }

  Octets blob(int maxLength) throws MalformedMessageException {
    return fixed(u32(maxLength));
  }

  <T> List<T> list(int maxItems, Item<T> item) throws MalformedMessageException {
    int count = u32(maxItems);
    List<T> items = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      items.add(item.read(this));
    }
    return items;
  }

  /** A node's index. */
  int node() throws MalformedMessageException {
    return u32(SessionProposal.MAX_NODES - 1);
  }

  /** A segment's number. */
  int segment() throws MalformedMessageException {
    return u32(SessionProposal.MAX_SEGMENTS - 1);
  }

  /** A SHA-256 digest, or another 32 bytes. */
  Octets hash() throws MalformedMessageException {
    return fixed(32);
  }

  /** All that follows. */
  Octets rest() throws MalformedMessageException {
    return fixed(bytes.length - position);
  }

  /** Nothing may follow. */
  void end() throws MalformedMessageException {
    if (position != bytes.length) {
      throw new MalformedMessageException(
          "message must end at byte " + position + ": " + bytes.length);
    }
  }

  private byte[] take(int length) throws MalformedMessageException {
    if (length > bytes.length - position) {
      throw new MalformedMessageException("message must have " + length + " more bytes at byte "
          + position + ": " + (bytes.length - position));
    }
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }
}
