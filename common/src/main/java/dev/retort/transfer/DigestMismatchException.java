package dev.retort.transfer;

import dev.retort.merkle.Digest;

/** Bytes whose digest is not the one by which they were asked for. */
public final class DigestMismatchException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Digest expected;
  private final Digest actual;

  DigestMismatchException(Digest expected, Digest actual) {
    super("digest must be\n  sha256:" + expected + ", but the bytes have\n  sha256:" + actual
        + "; fetch them again");
    this.expected = expected;
    this.actual = actual;
  }

  /** The digest asked for. */
  public Digest expected() {
    return expected;
  }

  /** The digest of the bytes. */
  public Digest actual() {
    return actual;
  }
}
