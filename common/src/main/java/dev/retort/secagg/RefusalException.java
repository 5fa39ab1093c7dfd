package dev.retort.secagg;

import java.util.List;

/** Carries a refusal from where it is found to the state machine that acts on it. */
final class RefusalException extends Exception {

  private final transient Refusal refusal;

  RefusalException(RefusalReason reason, Signed... evidence) {
    super(reason.name());
    this.refusal = new Refusal(reason, List.of(evidence));
  }

  Refusal refusal() {
    return refusal;
  }
}
