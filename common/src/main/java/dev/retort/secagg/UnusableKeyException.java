package dev.retort.secagg;

/** A stranger's public key or ciphertext gives no secret. */
final class UnusableKeyException extends Exception {

  UnusableKeyException(Throwable cause) {
    super("X-Wing key and ciphertext must be points of large order and of the right length", cause);
  }
}
