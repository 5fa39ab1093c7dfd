package dev.retort.plan;

/** A coordinator's input to a round that breaks its form, or does not fit the plan. */
public final class MalformedRoundInputException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedRoundInputException(String rule) {
    super(rule);
  }
}
