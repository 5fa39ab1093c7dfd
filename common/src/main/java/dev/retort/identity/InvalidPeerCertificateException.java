package dev.retort.identity;

/** A certificate of a trusted authority that does not say who its holder is. */
public final class InvalidPeerCertificateException extends Exception {
  InvalidPeerCertificateException(String message) {
    super(message);
  }
}
