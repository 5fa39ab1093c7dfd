package dev.retort.privacy;

import dev.retort.label.LabelGrid;
import java.util.Arrays;

/**
 * Labels and, beside them, hints: what a teacher's hidden layer says of the same sample, in fixed point and clipped to an
 * L2 norm. A teacher's row is its label, each vote of which counts {@code weight} grid units, and then its hint; both get
 * the same noise, so the weight against the norm is how the budget is shared between them.
 *
 * @param grid the grid of one teacher's label, before its weight
 * @param weight grid units that 1 of the label's grid counts, at least 1; times the grid at most 65535
 * @param classes entries of a label, at least 2
 * @param dimensions entries of a hint, in [1, 65536]
 * @param norm the largest L2 norm B of one teacher's hint, in grid units, in [1, 2^22]
 * @param sigma noise in grid units, in [1, 2^24)
 */
public record DiscreteGaussianHints(
    LabelGrid grid, int weight, int classes, int dimensions, int norm, int sigma)
    implements Mechanism {

  public DiscreteGaussianHints {
    if (weight < 1 || weight > LabelGrid.MAX_SIZE / grid.size()) {
      throw new IllegalArgumentException("weight must be in [1, " + LabelGrid.MAX_SIZE / grid.size()
          + "] for a grid of " + grid.size() + ": " + weight);
    }
    new DiscreteGaussianHistogram(grid, classes, sigma);
    new DiscreteGaussianFeatures(dimensions, norm, sigma);
  }

  private DiscreteGaussianHistogram labels() {
    return new DiscreteGaussianHistogram(new LabelGrid(grid.size() * weight), classes, sigma);
  }

  private DiscreteGaussianFeatures hints() {
    return new DiscreteGaussianFeatures(dimensions, norm, sigma);
  }

  @Override
  public String name() {
    return "dgauss-hints/1";
  }

  @Override
  public int width() {
    return classes + dimensions;
  }

  // A replaced teacher may change both parts as far as each can go: L1 and squared L2 add up.
  @Override
  public Sensitivity sensitivity() {
    Sensitivity label = labels().sensitivity();
    Sensitivity hint = hints().sensitivity();
    return new Sensitivity(
        label.l1() + hint.l1(),
        label.l2Squared() + hint.l2Squared(),
        Math.max(label.lInf(), hint.lInf()));
  }

  @Override
  public long largestEntry(int teachers) {
    return Math.max(labels().largestEntry(teachers), hints().largestEntry(teachers));
  }

  @Override
  public void requireExact(int teachers, int[] sums) {
    DiscreteGaussianHistogram labels = labels();
    DiscreteGaussianFeatures hints = hints();
    for (int from = 0; from < sums.length; from += width()) {
      int[] label = Arrays.copyOfRange(sums, from, from + classes);
      labels.requireExact(teachers, label);
      for (int entry : label) {
        if (entry % weight != 0) {
          throw new IllegalStateException(
              "histogram must be of whole multiples of the weight, " + weight);
        }
      }
      hints.requireExact(teachers, Arrays.copyOfRange(sums, from + classes, from + width()));
    }
  }
}
