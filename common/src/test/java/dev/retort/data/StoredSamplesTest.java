package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

final class StoredSamplesTest {

  private static final ByteSamples BYTES =
      new ByteSamples(SampleShape.row(2), new byte[] {0, (byte) 255, 51, 102, 1, 2});
  private static final FloatSamples FLOATS =
      new FloatSamples(SampleShape.row(2), new float[] {1, -2, 3.5f, 4, 5, 6});

  @Test
  void gather_bytes_areScaledToUnitInterval() {
    assertThat(gathered(BYTES, 1, 0)).containsExactly(51 / 255f, 102 / 255f, 0, 1);
  }

  @Test
  void gather_floats_areAsStored() {
    assertThat(gathered(FLOATS, 2, 0)).containsExactly(5, 6, 1, -2);
  }

  @Test
  void gather_partOfRows_readsOnlyThose() {
    FloatBuffer out = FloatBuffer.allocate(2);
    FLOATS.gather(new int[] {0, 1, 2}, 1, 1, out);
    assertThat(out.array()).containsExactly(3.5f, 4);
  }

  @Test
  void gather_rowOutside_throws() {
    assertThatThrownBy(() -> gathered(BYTES, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> gathered(FLOATS, -1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void gather_tooLittleRoom_throws() {
    assertThatThrownBy(() -> BYTES.gather(new int[] {0}, 0, 1, FloatBuffer.allocate(1)))
        .isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void subset_ofSubset_readsTheOriginalRows() {
    Samples subset = BYTES.subset(new int[] {2, 1, 0}).subset(new int[] {0, 2});
    assertThat(subset.count()).isEqualTo(2);
    assertThat(gathered(subset, 1, 0)).containsExactly(0, 1, 1 / 255f, 2 / 255f);
  }

  @Test
  void subset_rowOutside_throws() {
    assertThatThrownBy(() -> BYTES.subset(new int[] {3}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    Samples one = BYTES.subset(new int[] {0});
    assertThatThrownBy(() -> one.subset(new int[] {1}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> gathered(one, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void slice_range_isThoseRows() {
    assertThat(gathered(FLOATS.slice(1, 2), 0, 1)).containsExactly(3.5f, 4, 5, 6);
    assertThatThrownBy(() -> FLOATS.slice(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void encode_thenDecode_isTheSame() {
    for (StoredSamples samples : new StoredSamples[] {BYTES, FLOATS}) {
      StoredSamples decoded =
          StoredSamples.decode(samples.elementType(), samples.shape(), samples.encode(1, 2));
      assertThat(gathered(decoded, 0, 1)).containsExactly(gathered(samples, 1, 2));
      assertThat(gathered(samples.copyOfRange(1, 2), 0, 1))
          .containsExactly(gathered(samples, 1, 2));
    }
  }

  @Test
  void encode_floats_areLittleEndian() {
    assertThat(new FloatSamples(SampleShape.row(1), new float[] {1}).encode(0, 1))
        .containsExactly(0, 0, 0x80, 0x3f);
  }

  @Test
  void floats_notFinite_areRefused() {
    assertThatThrownBy(() -> new FloatSamples(SampleShape.row(1), new float[] {0, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values must be finite: number 1");
  }

  @Test
  void values_notWholeSamples_areRefused() {
    assertThatThrownBy(() -> new ByteSamples(SampleShape.row(2), new byte[3]))
        .hasMessageContaining("values must be whole samples of 2: 3 bytes");
    assertThatThrownBy(() -> new FloatSamples(SampleShape.row(2), new float[3]))
        .hasMessageContaining("values must be whole samples of 2: 3 numbers");
  }

  @Test
  void labelledSubset_keepsLabelsWithSamples() {
    LabelledSamples labelled = new LabelledSamples(BYTES, new int[] {0, 1, 2}, 3);
    LabelledSamples subset = labelled.subset(new int[] {2, 0});
    assertThat(subset.labels()).containsExactly(2, 0);
    assertThat(gathered(subset.samples(), 0)).containsExactly(1 / 255f, 2 / 255f);
    assertThat(labelled.slice(1, 2).labels()).containsExactly(1, 2);
  }

  static float[] gathered(Samples samples, int... rows) {
    FloatBuffer out = FloatBuffer.allocate(rows.length * samples.shape().size());
    samples.gather(rows, 0, rows.length, out);
    return out.array();
  }
}
