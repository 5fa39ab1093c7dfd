package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.encode.PublicEncoder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TeacherInputTest {

  private static Samples rows(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return new FloatSamples(SampleShape.row(6), values);
  }

  @Test
  void learn_noFeatures_showsTheSampleItself() {
    Samples samples = rows(5, 1);
    assertThat(TeacherInput.whole().of(samples)).isSameAs(samples);
  }

  @Test
  void learn_features_areFewerNumbersUnderTheSameLabels() {
    LabelledSamples records = new LabelledSamples(rows(5, 1), new int[] {0, 1, 1, 0, 1}, 2);
    LabelledSamples seen =
        TeacherInput.through(new PublicEncoder(rows(50, 2), 3)).of(records);
    assertThat(seen.samples().shape()).isEqualTo(SampleShape.row(3));
    assertThat(seen.labels()).isEqualTo(records.labels());
  }
}
