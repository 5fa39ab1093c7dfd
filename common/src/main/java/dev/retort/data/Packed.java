package dev.retort.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Content that may be gzipped, which its first two bytes tell. */
final class Packed {

  private static final int BUFFER_BYTES = 1 << 16;

  /** Deflate gives at most 1032 bytes for one. */
  private static final long MAX_RATIO = 1032;

  private final InputStream content;
  private final boolean gzipped;

  private Packed(InputStream content, boolean gzipped) {
    this.content = content;
    this.gzipped = gzipped;
  }

  static Packed open(InputStream in) throws IOException {
    InputStream raw = new BufferedInputStream(in, BUFFER_BYTES);
    raw.mark(2);
    boolean gzipped = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    return new Packed(gzipped ? new GZIPInputStream(raw, BUFFER_BYTES) : raw, gzipped);
  }

  InputStream content() {
    return content;
  }

  /** The most content that {@code fileBytes} bytes can hold. */
  long mostBytes(long fileBytes) {
    return gzipped ? Math.multiplyExact(fileBytes, MAX_RATIO) : fileBytes;
  }
}
