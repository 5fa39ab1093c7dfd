package dev.retort.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PublicEncoderTest {

  /** Three numbers a row: one of large spread, one of small, and their sum. */
  private static FloatSamples table(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[3 * count];
    for (int row = 0; row < count; row++) {
      values[3 * row] = (float) (500 + 100 * random.nextGaussian());
      values[3 * row + 1] = (float) random.nextGaussian();
      values[3 * row + 2] = values[3 * row] + values[3 * row + 1];
    }
    return new FloatSamples(SampleShape.row(3), values);
  }

  private static FloatSamples images(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return new FloatSamples(SampleShape.image(1, 8, 8), values);
  }

  private static float[] values(FloatSamples samples) {
    float[] values = new float[samples.count() * samples.shape().size()];
    samples.gather(
        IntStream.range(0, samples.count()).toArray(),
        0,
        samples.count(),
        FloatBuffer.wrap(values));
    return values;
  }

  @Test
  void encode_poolItself_isCentredUncorrelatedAndOfAboutUnitVariance() {
    FloatSamples pool = table(2000, 1);
    float[] features = values(new PublicEncoder(pool, 2).encode(pool));
    assertThat(features).hasSize(2 * 2000);
    for (int a = 0; a < 2; a++) {
      double mean = 0;
      for (int row = 0; row < 2000; row++) {
        mean += features[2 * row + a] / 2000.0;
      }
      assertThat(mean).isCloseTo(0, within(1e-5));
      for (int b = 0; b < 2; b++) {
        double covariance = 0;
        for (int row = 0; row < 2000; row++) {
          covariance += features[2 * row + a] * features[2 * row + b] / 2000.0;
        }
        // The floor takes at most a few hundredths of the variance of these two axes.
        assertThat(covariance).isCloseTo(a == b ? 1 : 0, within(0.05));
      }
    }
  }

  @Test
  void encode_indicatorsOfARareWord_doNotOutweighANumber() {
    SplittableRandom random = new SplittableRandom(5);
    float[] cells = new float[3 * 1000];
    for (int row = 0; row < 1000; row++) {
      cells[3 * row] = (float) random.nextGaussian();
      cells[3 * row + 1] = row % 50 == 0 ? 1 : 0;
      cells[3 * row + 2] = 1 - cells[3 * row + 1];
    }
    FloatSamples pool = new FloatSamples(SampleShape.row(3), cells);
    float[] features = values(new PublicEncoder(pool, 1).encode(pool));
    double product = 0;
    double square = 0;
    for (int row = 0; row < 1000; row++) {
      product += features[row] * cells[3 * row];
      square += cells[3 * row] * cells[3 * row];
    }
    assertThat(Math.abs(product) / square).isCloseTo(1, within(0.1));
  }

  @Test
  void encode_otherSamples_readsEachByItself() {
    PublicEncoder encoder = new PublicEncoder(images(300, 1), 16);
    FloatSamples other = images(20, 2);
    float[] together = values(encoder.encode(other));
    float[] alone = values(encoder.encode(other.copyOfRange(7, 1)));
    assertThat(alone).containsExactly(java.util.Arrays.copyOfRange(together, 7 * 16, 8 * 16));
  }

  @Test
  void encode_secondEncoderOfTheSamePool_givesTheSameBits() {
    FloatSamples pool = images(300, 1);
    assertThat(values(new PublicEncoder(pool, 16).encode(pool)))
        .isEqualTo(values(new PublicEncoder(pool, 16).encode(pool)));
  }

  @Test
  void encode_imagesOfGradientsAlone_forgetsBrightness() {
    FloatSamples pool = images(200, 1);
    float[] brighter = values(pool);
    for (int i = 0; i < brighter.length; i++) {
      brighter[i] += 3;
    }
    PublicEncoder encoder = new PublicEncoder(pool, 8);
    assertThat(values(encoder.encode(new FloatSamples(pool.shape(), brighter))))
        .containsExactly(values(encoder.encode(pool)), within(1e-2f));
  }

  @Test
  void encode_otherShape_isRefused() {
    PublicEncoder encoder = new PublicEncoder(table(50, 1), 2);
    assertThatThrownBy(() -> encoder.encode(images(5, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("samples must be of shape 3: 1x8x8");
  }

  @Test
  void new_emptyPool_isRefused() {
    assertThatThrownBy(() -> new PublicEncoder(table(0, 1), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pool and components must be at least 1: 0 samples, 2 components");
  }
}
