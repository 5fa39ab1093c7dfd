package dev.retort.learn;

/** An architecture that cannot read samples of the given shape. */
public final class UnsuitableArchitectureException extends Exception {

  UnsuitableArchitectureException(String message) {
    super(message);
  }
}
