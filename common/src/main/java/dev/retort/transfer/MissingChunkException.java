package dev.retort.transfer;

import dev.retort.merkle.Digest;

/** A chunk or manifest that the store does not hold. */
public final class MissingChunkException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Digest digest;

  MissingChunkException(Digest digest) {
    super("store must hold sha256:" + digest + "; fetch it");
    this.digest = digest;
  }

  /** The digest asked for. */
  public Digest digest() {
    return digest;
  }
}
