package dev.retort.transfer;

/** A manifest that its expected publisher did not sign. */
public final class ManifestSignatureException extends Exception {

  private static final long serialVersionUID = 1L;

  ManifestSignatureException(String message) {
    super(message);
  }
}
