package dev.retort.cli;

import dev.retort.data.LabelledSamples;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The area under the receiver operating characteristic: the chance that a random record of class 1 scores higher than one
 * of class 0, where a tie counts half (Hanley and McNeil 1982, section III). Pairs are counted in whole numbers, so it is
 * exact but for one division.
 */
final class RocArea {

  private RocArea() {}

  /**
   * The area of scores on labelled records.
   *
   * @param score of a row, larger where class 1 is likelier; not NaN
   * @return null where it is not defined: of more than two classes, or where one of the two does not occur
   */
  static @Nullable Double of(LabelledSamples records, IntToDoubleFunction score) {
    if (records.classes() != 2) {
      return null;
    }
    double[] scores = IntStream.range(0, records.count()).mapToDouble(score).toArray();
    boolean[] positive = new boolean[scores.length];
    for (int row = 0; row < scores.length; row++) {
      positive[row] = records.label(row) == 1;
    }
    return of(scores, positive);
  }

  /**
   * The area of {@code scores}.
   *
   * @param positive which of them are of class 1
   * @return null where all or none are
   * @throws IllegalArgumentException if a score is NaN, or the lengths differ
   */
  static @Nullable Double of(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(
          "positive must be one a score: " + positive.length + " of " + scores.length);
    }
    if (Arrays.stream(scores).anyMatch(Double::isNaN)) {
      throw new IllegalArgumentException("scores must be numbers: NaN");
    }
    int[] order = IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(row -> scores[row]))
        .mapToInt(Integer::intValue)
        .toArray();
    long negatives = 0;
    long positives = 0;
    // Twice the pairs won, so that half a pair is a whole number.
    long won = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      long tiedPositives = 0;
      // Primitive equality: minus zero ties with zero.
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        tiedPositives += positive[order[to]] ? 1 : 0;
        to++;
      }
      long tiedNegatives = to - from - tiedPositives;
      won += tiedPositives * (2 * negatives + tiedNegatives);
      negatives += tiedNegatives;
      positives += tiedPositives;
      from = to;
    }
    return positives == 0 || negatives == 0 ? null : (Double) (won / (2.0 * positives * negatives));
  }
}
