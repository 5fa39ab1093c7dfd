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
    implements SummedMechanism {

  public SummedHints {
    new DiscreteGaussianHints(grid, weight, classes, dimensions, norm, sigma);
    SumCost.require(sigma, contributors);
  }

  @Override
  public DiscreteGaussianHints alone() {
    return new DiscreteGaussianHints(grid, weight, classes, dimensions, norm, sigma);
  }

  @Override
  public String name() {
    return "dgauss-hints-sum/1";
  }
}
