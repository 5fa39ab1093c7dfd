package dev.retort.audit;

/**
 * What one trial of an audit releases: the exact histograms of some queries on a data set, and on a neighbour of it.
 * Immutable and safe for use by several threads.
 */
public final class NeighbouringInputs {

  private final int classes;
  private final int[] without;
  private final int[] with;

  /**
   * Two inputs.
   *
   * @param classes entries a row, at least 2
   * @param without whole rows, without the change; copied
   * @param with as many rows, with it; copied
   */
  public NeighbouringInputs(int classes, int[] without, int[] with) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2: " + classes);
    }
    if (without.length == 0 || without.length % classes != 0 || with.length != without.length) {
      throw new IllegalArgumentException("inputs must be equally many whole rows of " + classes
          + ": " + without.length + " and " + with.length);
    }
    this.classes = classes;
    this.without = without.clone();
    this.with = with.clone();
  }

  /** Entries a row. */
  public int classes() {
    return classes;
  }

  /** The count of rows. */
  public int rows() {
    return without.length / classes;
  }

  /** The count of entries of all rows. */
  public int entries() {
    return without.length;
  }

  /** The count of entries that differ. */
  public int changes() {
    int changes = 0;
    for (int i = 0; i < without.length; i++) {
      changes += without[i] == with[i] ? 0 : 1;
    }
    return changes;
  }

  /** The count of rows that differ. */
  public int changedRows() {
    int changed = 0;
    for (int row = 0; row < rows(); row++) {
      boolean same = true;
      for (int i = row * classes; i < (row + 1) * classes; i++) {
        same &= without[i] == with[i];
      }
      changed += same ? 0 : 1;
    }
    return changed;
  }

  /** The L2 distance between the inputs. */
  public double distance() {
    double squares = 0;
    for (int i = 0; i < without.length; i++) {
      squares += Math.pow((double) with[i] - without[i], 2);
    }
    return Math.sqrt(squares);
  }

  int without(int entry) {
    return without[entry];
  }

  int with(int entry) {
    return with[entry];
  }
}
