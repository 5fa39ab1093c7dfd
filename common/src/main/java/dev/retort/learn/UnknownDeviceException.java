package dev.retort.learn;

/** A device name that {@link DeviceChoice#parse} does not know. */
public final class UnknownDeviceException extends Exception {

  UnknownDeviceException(String name) {
    super("device must be one of auto, cpu, gpu, gpu:N (N >= 0): " + name);
  }
}
