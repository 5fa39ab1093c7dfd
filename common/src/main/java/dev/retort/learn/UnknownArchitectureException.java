package dev.retort.learn;

/** An architecture name that nothing here can build. */
public final class UnknownArchitectureException extends Exception {

  UnknownArchitectureException(String name, String rule) {
    super("architecture must be " + rule + ": " + name);
  }
}
