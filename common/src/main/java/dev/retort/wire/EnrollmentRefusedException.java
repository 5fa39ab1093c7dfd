package dev.retort.wire;

import dev.retort.proto.v1.EnrollmentRefused;

/** The coordinator understood the request to join, and refused it. */
public final class EnrollmentRefusedException extends Exception {

  private final EnrollmentRefused.Reason reason;

  EnrollmentRefusedException(EnrollmentRefused.Reason reason, String message) {
    super("the coordinator refused to enrol this node (" + reason + "): " + message);
    this.reason = reason;
  }

  /** Why. */
  public EnrollmentRefused.Reason reason() {
    return reason;
  }
}
