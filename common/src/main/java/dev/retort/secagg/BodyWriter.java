package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes the one encoding of a message: integers big-endian and of fixed width, everything else behind its length. */
final class BodyWriter {

  private final ByteArrayOutputStream out;

  BodyWriter() {
    this(256);
  }

  /** A writer that need not grow up to so many bytes. */
  BodyWriter(int expectedBytes) {
    this.out = new ByteArrayOutputStream(expectedBytes);
  }

  BodyWriter u8(int value) {
    out.write(value);
    return this;
  }

  BodyWriter u32(int value) {
    out.writeBytes(Hkdf.be32(value));
    return this;
  }

  BodyWriter i64(long value) {
    out.writeBytes(Hkdf.be64(value));
    return this;
  }

  /** Bytes whose length the reader knows. */
  BodyWriter fixed(Octets octets) {
    out.writeBytes(octets.view());
    return this;
  }

  BodyWriter digest(Digest digest) {
    out.writeBytes(digest.bytes());
    return this;
  }

  BodyWriter blob(Octets octets) {
    return u32(octets.length()).fixed(octets);
  }

  <T> BodyWriter list(List<T> items, BiConsumer<BodyWriter, T> writer) {
    u32(items.size());
    items.forEach(item -> writer.accept(this, item));
    return this;
  }

  Octets done() {
    return Octets.wrap(out.toByteArray());
  }
}
