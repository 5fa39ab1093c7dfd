package dev.retort.privacy;

import dev.retort.label.LabelGrid;

/**
 * A node's part of a sum of labels and hints of which only the sum over many nodes is ever seen: what {@link
 * Mechanism.SummedHistogram} is to labels alone, at the same cost in terms of its own distances.
 *
 * @param grid the grid of one teacher's label, before its weight
 * @param weight grid units that 1 of the label's grid counts, at least 1; times the grid at most 65535
 * @param classes entries of a label, at least 2
 * @param dimensions entries of a hint, in [1, 65536]
 * @param norm the largest L2 norm B of one teacher's hint, in grid units, in [1, 2^22]
 * @param sigma each node's own noise in grid units, in [2, 2^24)
 * @param contributors honest nodes whose noise is certain to be in the sum, at least 1
 */
public record SummedHints(
    LabelGrid grid, int weight, int classes, int dimensions, int norm, int sigma, int contributors)
    implements Mechanism {

  public SummedHints {
    new DiscreteGaussianHints(grid, weight, classes, dimensions, norm, sigma);
    SumCost.require(sigma, contributors);
  }

  /** The same rows with noise that needs no other node's. */
  private DiscreteGaussianHints alone() {
    return new DiscreteGaussianHints(grid, weight, classes, dimensions, norm, sigma);
  }

  @Override
  public String name() {
    return "dgauss-hints-sum/1";
  }

  @Override
  public boolean hidesAnswers() {
    return true;
  }

  @Override
  public int width() {
    return alone().width();
  }

  @Override
  public Sensitivity sensitivity() {
    return alone().sensitivity();
  }

  @Override
  public long largestEntry(int teachers) {
    return alone().largestEntry(teachers);
  }

  @Override
  public void requireExact(int teachers, int[] sums) {
    alone().requireExact(teachers, sums);
  }

  @Override
  public Zcdp cost(PrivacyUnit unit, int queries) {
    return SumCost.of(this, contributors, unit, queries);
  }
}
