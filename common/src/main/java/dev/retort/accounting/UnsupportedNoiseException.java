package dev.retort.accounting;

/** An accountant has no bound for a kind of noise. The message names what to use instead. */
public final class UnsupportedNoiseException extends Exception {
  UnsupportedNoiseException(String message) {
    super(message);
  }
}
