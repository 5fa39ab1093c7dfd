package dev.retort.accounting;

import java.util.List;

/**
 * The privacy loss ln(P(x) / Q(x)) of one event in one direction, x drawn from P: a density over an outcome x in which
 * the loss rises, and atoms beside it.
 */
interface LossLaw {

  /** The least outcome within {@code reach} standard deviations of the noise. */
  double from(double reach);

  /** The greatest outcome within {@code reach} standard deviations of the noise. */
  double to(double reach);

  /** An upper bound on P's mass outside these. */
  double unreached(double reach);

  /** The outcome's natural scale: the density is smooth over a fraction of it. */
  double scale();

  /** The density of P at an outcome. */
  double density(double outcome);

  /** The loss at an outcome; rises with it. */
  double loss(double outcome);

  /** The outcome at a loss: negative infinity below all losses, positive infinity above. */
  double outcome(double loss);

  /** Masses at single losses, beside the density. */
  default List<Atom> atoms() {
    return List.of();
  }

  /**
   * Mass at one loss.
   *
   * @param mass P's, in (0, 1]
   */
  record Atom(double loss, double mass) {}
}
