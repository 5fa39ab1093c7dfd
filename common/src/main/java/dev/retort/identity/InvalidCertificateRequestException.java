package dev.retort.identity;

/** A certificate request that is malformed, for a wrong kind of key, or not signed by its key. */
public final class InvalidCertificateRequestException extends Exception {

  InvalidCertificateRequestException(String message) {
    super(message);
  }

  InvalidCertificateRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
