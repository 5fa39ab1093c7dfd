package dev.retort.transfer;

/** A transfer set's manifest that cannot be read, or that contradicts itself or its chunks. */
public final class MalformedManifestException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedManifestException(String message) {
    super(message);
  }
}
