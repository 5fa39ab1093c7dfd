package dev.retort.cli;

/** A command that cannot go on. The message is for the person at the terminal. */
final class CommandFailedException extends Exception {
  CommandFailedException(String message) {
    super(message);
  }
}
