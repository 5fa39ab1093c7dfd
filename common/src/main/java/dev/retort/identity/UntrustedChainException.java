package dev.retort.identity;

import java.security.cert.CertificateException;

/** A certificate chain that does not lead to the federation root. */
public final class UntrustedChainException extends CertificateException {

  UntrustedChainException(String message) {
    super(message);
  }

  UntrustedChainException(String message, Throwable cause) {
    super(message, cause);
  }
}
