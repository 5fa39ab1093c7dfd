package dev.retort.coordinator.student;

import dev.retort.coordinator.aggregate.AggregatedLabels;

/**
 * Some columns of the sites' sums, each times one factor.
 *
 * @param sums as the sites released them
 * @param first column
 * @param classes the count of columns
 * @param factor by which means are multiplied, and variances by its square
 */
record ColumnEstimate(AggregatedLabels sums, int first, int classes, double factor)
    implements LabelEstimate {

  @Override
  public int samples() {
    return sums.samples();
  }

  @Override
  public boolean isAnswered(int row) {
    return sums.isAnswered(row);
  }

  @Override
  public double mean(int row, int label) {
    return factor * sums.mean(row, first + label);
  }

  @Override
  public double variance(int row) {
    return factor * factor * sums.variance(row);
  }
}
