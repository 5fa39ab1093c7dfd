package dev.retort.secagg;

/** A dealer's shares are those it committed to and do not give its secret. */
final class BadDealException extends Exception {

  private final int dealer;

  BadDealException(int dealer) {
    super("shares must give what their dealer committed to: dealer " + dealer);
    this.dealer = dealer;
  }

  int dealer() {
    return dealer;
  }
}
