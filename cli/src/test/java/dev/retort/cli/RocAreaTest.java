package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RocAreaTest {

  @Test
  void of_separatedScores_isOneOrZero() {
    assertThat(RocArea.of(new double[] {1, 2, 3, 4}, positive("0011"))).isEqualTo(1.0);
    assertThat(RocArea.of(new double[] {4, 3, 2, 1}, positive("0011"))).isEqualTo(0.0);
  }

  @Test
  void of_allScoresTied_isOneHalf() {
    assertThat(RocArea.of(new double[] {7, 7, 7, 7, 7}, positive("01001"))).isEqualTo(0.5);
    // Minus zero is zero.
    assertThat(RocArea.of(new double[] {0.0, -0.0}, positive("01"))).isEqualTo(0.5);
  }

  @Test
  void of_someTies_countsThemHalf() {
    // Pairs: 3 beats 1 and 2, 2 beats 1 and ties with 2: 3.5 of 4.
    assertThat(RocArea.of(new double[] {1, 2, 2, 3}, positive("0011"))).isEqualTo(0.875);
  }

  @Test
  void of_randomTiedScores_countsEveryPair() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 50; trial++) {
      int rows = 2 + random.nextInt(60);
      double[] scores = new double[rows];
      boolean[] positive = new boolean[rows];
      for (int row = 0; row < rows; row++) {
        scores[row] = random.nextInt(8) - 4;
        positive[row] = row == 0 || (row > 1 && random.nextBoolean());
      }
      assertThat(RocArea.of(scores, positive)).isEqualTo(pairs(scores, positive));
    }
  }

  @Test
  void of_infiniteScores_areOrderedLikeOthers() {
    double[] scores = {Double.NEGATIVE_INFINITY, 0, Double.POSITIVE_INFINITY};
    assertThat(RocArea.of(scores, positive("001"))).isEqualTo(1.0);
  }

  @Test
  void of_oneClassAlone_isNull() {
    assertThat(RocArea.of(new double[] {1, 2}, positive("00"))).isNull();
    assertThat(RocArea.of(new double[] {1, 2}, positive("11"))).isNull();
    assertThat(RocArea.of(new double[0], new boolean[0])).isNull();
  }

  @Test
  void of_records_takesTwoClassesOnly() {
    assertThat(RocArea.of(records(2, 0, 1, 1), row -> row)).isEqualTo(1.0);
    assertThat(RocArea.of(records(3, 0, 1, 1), row -> row)).isNull();
  }

  @Test
  void of_notANumber_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RocArea.of(new double[] {1, Double.NaN}, positive("01")))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RocArea.of(new double[] {1}, positive("01")));
  }

  private static double pairs(double[] scores, boolean[] positive) {
    long won = 0;
    long all = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (positive[i] && !positive[j]) {
          all++;
          won += scores[i] > scores[j] ? 2 : scores[i] == scores[j] ? 1 : 0;
        }
      }
    }
    return won / (2.0 * all);
  }

  private static boolean[] positive(String digits) {
    boolean[] positive = new boolean[digits.length()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = digits.charAt(i) == '1';
    }
    return positive;
  }

  private static LabelledSamples records(int classes, int... labels) {
    return new LabelledSamples(
        new FloatSamples(SampleShape.row(1), new float[labels.length]), labels, classes);
  }
}
