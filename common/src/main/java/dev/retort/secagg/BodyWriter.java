package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes the one encoding of a message: integers big-endian and of fixed width, everything else behind its length. */
final class BodyWriter {

  private byte[] bytes;
  private int length;

  BodyWriter() {
    this(256);
  }

  /** A writer that need not grow up to so many bytes; exactly so many are not copied by {@link #done}. */
  BodyWriter(int expectedBytes) {
    this.bytes = new byte[expectedBytes];
  }

  BodyWriter u8(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  BodyWriter u32(int value) {
    return append(Hkdf.be32(value));
  }

  BodyWriter i64(long value) {
    return append(Hkdf.be64(value));
  }

  /** Bytes whose length the reader knows. */
  BodyWriter fixed(Octets octets) {
    return append(octets.view());
  }

  BodyWriter digest(Digest digest) {
    return append(digest.bytes());
  }

  BodyWriter blob(Octets octets) {
    return u32(octets.length()).fixed(octets);
  }

  <T> BodyWriter list(List<T> items, BiConsumer<BodyWriter, T> writer) {
    u32(items.size());
    items.forEach(item -> writer.accept(this, item));
    return this;
  }

  /** What was written. Nothing more may be. */
  Octets done() {
    return Octets.wrap(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
  }

  private BodyWriter append(byte[] part) {
    reserve(part.length);
    System.arraycopy(part, 0, bytes, length, part.length);
    length += part.length;
    return this;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
  }
}
