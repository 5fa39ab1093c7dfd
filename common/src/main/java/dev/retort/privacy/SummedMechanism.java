package dev.retort.privacy;

/**
 * A node's part of a sum of which only the sum over many nodes is ever seen, as secure aggregation guarantees. Its rows are
 * those of {@link #alone}; the noise that counts is that of the honest nodes whose parts are certain to be in the sum, this
 * node's own among them; whoever else is in it, and colludes with whoever sees it, adds nothing. The cost is {@link
 * SumCost}'s.
 */
public sealed interface SummedMechanism extends Mechanism
    permits Mechanism.SummedHistogram, Mechanism.SummedFeatures, SummedHints {

  /** The same rows with noise that needs no other node's. */
  Mechanism alone();

  /** Honest nodes whose noise is certain to be in the sum, at least 1. */
  int contributors();

  @Override
  default boolean hidesAnswers() {
    return true;
  }

  @Override
  default int width() {
    return alone().width();
  }

  @Override
  default Sensitivity sensitivity() {
    return alone().sensitivity();
  }

  @Override
  default long largestEntry(int teachers) {
    return alone().largestEntry(teachers);
  }

  @Override
  default void requireExact(int teachers, int[] sums) {
    alone().requireExact(teachers, sums);
  }

  @Override
  default Zcdp cost(PrivacyUnit unit, int queries) {
    return SumCost.of(this, contributors(), unit, queries);
  }
}
