package dev.retort.node.session;

/** The node does not take part in a study; the message may leave the site. */
final class OfferDeclinedException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE = 500;

  private final Report.Declined.Reason reason;

  OfferDeclinedException(Report.Declined.Reason reason, String message) {
    super(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE));
    this.reason = reason;
  }

  Report.Declined.Reason reason() {
    return reason;
  }
}
