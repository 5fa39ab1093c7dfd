package dev.retort.learn;

/** A GPU was asked for and cannot be used; the message says what is missing. */
public final class DeviceUnavailableException extends Exception {

  DeviceUnavailableException(String message) {
    super(message);
  }
}
