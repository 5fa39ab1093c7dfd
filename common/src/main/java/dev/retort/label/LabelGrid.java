package dev.retort.label;

/**
 * The integer grid of one teacher's label: its non-negative entries sum to exactly {@code size}.
 *
 * <p>Whatever a teacher answers, its label stays in {@code size} times the probability simplex, so replacing one teacher
 * moves the sum of all labels by at most sqrt(2) {@code size} in L2, whatever the temperature or the number of classes.
 *
 * @param size the sum S of one label, in [1, 65535]; 1 is a vote
 */
public record LabelGrid(int size) {

  /** The largest grid. */
  public static final int MAX_SIZE = 65_535;

  /** One vote a teacher. */
  public static final LabelGrid VOTE = new LabelGrid(1);

  public LabelGrid {
    if (size < 1 || size > MAX_SIZE) {
      throw new IllegalArgumentException("labelGrid must be in [1, " + MAX_SIZE + "]: " + size);
    }
  }
}
