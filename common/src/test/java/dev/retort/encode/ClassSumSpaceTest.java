package dev.retort.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ClassSumSpaceTest {

  private static FloatSamples images(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 2 * 12 * 10];
    for (int i = 0; i < values.length; i++) {
      // A slope of its own for each image, and grain.
      values[i] = (float) (0.5 + 0.3 * Math.sin(i / 240 + i % 10) + 0.2 * random.nextDouble());
    }
    return new FloatSamples(SampleShape.image(2, 12, 10), values);
  }

  private static FloatSamples table(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[2 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * (i % 2 == 0 ? 1000 : 1);
    }
    return new FloatSamples(SampleShape.row(2), values);
  }

  private static double length(float[] points, int dimensions, int row) {
    double squares = 0;
    for (int k = 0; k < dimensions; k++) {
      squares += points[row * dimensions + k] * points[row * dimensions + k];
    }
    return Math.sqrt(squares);
  }

  @Test
  void points_anySamples_areNoLongerThanOneAndEndInTheConstant() {
    ClassSumSpace space = new ClassSumSpace(images(80, 1), 12);
    assertThat(space.dimensions()).isEqualTo(13);
    float[] points = space.points(images(50, 2));
    assertThat(points).hasSize(50 * 13);
    for (int row = 0; row < 50; row++) {
      assertThat(length(points, 13, row)).isLessThanOrEqualTo(1 + 1e-6);
      assertThat(points[row * 13 + 12]).isEqualTo(ClassSumSpace.CONSTANT);
    }
  }

  @Test
  void points_poolItself_haveMedianLengthOne() {
    FloatSamples pool = table(201, 3);
    float[] points = new ClassSumSpace(pool, 2).points(pool);
    double[] lengths = new double[201];
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = length(points, 3, row);
    }
    Arrays.sort(lengths);
    // Half of them are shortened to 1, or have it.
    assertThat(lengths[100]).isCloseTo(1, within(1e-5));
    assertThat(lengths[200]).isCloseTo(1, within(1e-5));
    assertThat(lengths[10]).isLessThan(0.9);
  }

  @Test
  void points_fewerDirectionsThanFeatures_areFilledUpWithZeros() {
    float[] points = new ClassSumSpace(table(60, 4), 5).points(table(7, 5));
    for (int row = 0; row < 7; row++) {
      assertThat(Arrays.copyOfRange(points, row * 6 + 2, row * 6 + 5)).containsOnly(0);
    }
  }

  @Test
  void points_poolAllAlike_areTheConstantAlone() {
    FloatSamples alike = new FloatSamples(SampleShape.row(2), new float[20]);
    float[] points = new ClassSumSpace(alike, 2).points(alike);
    assertThat(points[0]).isZero();
    assertThat(points[2]).isEqualTo(ClassSumSpace.CONSTANT);
  }

  @Test
  void constructor_samePool_learnsTheSameSpace() {
    assertThat(new ClassSumSpace(images(80, 1), 8).points(images(20, 6)))
        .isEqualTo(new ClassSumSpace(images(80, 1), 8).points(images(20, 6)));
  }
}
