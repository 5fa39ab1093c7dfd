package dev.retort.secagg;

/** A sealed text does not open: it was altered, or is another's. Says nothing of its content. */
final class BrokenSealException extends Exception {

  BrokenSealException() {
    super("sealed text must open under its key and context");
  }
}
