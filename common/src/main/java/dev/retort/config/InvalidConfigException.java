package dev.retort.config;

/** A configuration text that does not say what it must. The message names the file, the key, the rule and the value. */
public final class InvalidConfigException extends Exception {

  /** Creates it with a message for the person who wrote the text. */
  public InvalidConfigException(String message) {
    super(message);
  }
}
