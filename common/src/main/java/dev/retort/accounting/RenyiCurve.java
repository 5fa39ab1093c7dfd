package dev.retort.accounting;

/** A Renyi differential privacy curve (Mironov 2017): for each order the Renyi divergence of the worst pair of neighbours. */
@FunctionalInterface
interface RenyiCurve {

  /**
   * An upper bound on the divergence in nats.
   *
   * @param order alpha, above 1
   */
  double at(double order);
}
