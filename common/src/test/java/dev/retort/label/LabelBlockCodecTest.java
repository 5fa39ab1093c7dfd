package dev.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LabelBlockCodecTest {

  @Property
  void decode_encoded_isTheBlock(
      @ForAll @Size(12) int[] values, @ForAll @IntRange(min = 0) int first)
      throws MalformedLabelBlockException {
    LabelBlock block = new LabelBlock(first, 4, 3, values);
    LabelBlock decoded = LabelBlockCodec.decode(first, 4, 3, LabelBlockCodec.encode(block));
    assertThat(decoded).isEqualTo(block);
    assertThat(decoded.digest()).isEqualTo(block.digest());
  }

  @Test
  void encode_values_arePackedLittleEndian() {
    assertThat(LabelBlockCodec.encode(new LabelBlock(0, 1, 2, new int[] {1, -2})))
        .containsExactly(1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff);
  }

  @Test
  void decode_wrongLength_namesBothLengths() {
    assertThatThrownBy(() -> LabelBlockCodec.decode(0, 4, 3, new byte[47]))
        .isInstanceOf(MalformedLabelBlockException.class)
        .hasMessage("label block of 4 samples and 3 classes must be 48 bytes long: 47");
    assertThatThrownBy(() -> LabelBlockCodec.decode(0, 4, 3, new byte[49]))
        .isInstanceOf(MalformedLabelBlockException.class);
  }

  @Test
  void decode_impossibleShapes_areRefused() {
    int[][] shapes = {
      {0, 2}, {-1, 2}, {1, 0}, {1, -2}, {1 << 16, 1 << 16}, {Integer.MAX_VALUE, Integer.MAX_VALUE}
    };
    for (int[] shape : shapes) {
      assertThatThrownBy(() -> LabelBlockCodec.decode(0, shape[0], shape[1], new byte[0]))
          .isInstanceOf(MalformedLabelBlockException.class);
    }
    assertThatThrownBy(() -> LabelBlockCodec.decode(-1, 1, 2, new byte[8]))
        .isInstanceOf(MalformedLabelBlockException.class);
    assertThatThrownBy(() -> LabelBlockCodec.decode(Long.MAX_VALUE, 1, 2, new byte[8]))
        .isInstanceOf(MalformedLabelBlockException.class);
  }

  @Property
  void samplesPerBlock_anyClasses_fillsBetween64KiBAnd1MiB(
      @ForAll @IntRange(min = 2, max = 32_768) int classes) {
    long bytes = 4L * classes * LabelBlockCodec.samplesPerBlock(classes);
    assertThat(bytes).isBetween(64L * 1024, 1024L * 1024);
  }

  @Test
  void digest_anyFieldChanged_changes() {
    LabelBlock block = new LabelBlock(5, 2, 3, new int[6]);
    assertThat(block.digest()).isNotEqualTo(new LabelBlock(6, 2, 3, new int[6]).digest());
    assertThat(block.digest()).isNotEqualTo(new LabelBlock(5, 3, 2, new int[6]).digest());
    assertThat(block.digest())
        .isNotEqualTo(new LabelBlock(5, 2, 3, new int[] {0, 0, 0, 0, 0, 1}).digest());
  }

  @Test
  void toString_block_showsNoValues() {
    assertThat(new LabelBlock(5, 1, 2, new int[] {123_456, 7})).asString().doesNotContain("123456");
  }

  @Test
  void labelBlock_arraysGivenAndTaken_areCopies() {
    int[] values = {1, 2};
    LabelBlock block = new LabelBlock(0, 1, 2, values);
    values[0] = 9;
    block.values()[1] = 9;
    assertThat(block.value(0, 0)).isEqualTo(1);
    assertThat(block.value(0, 1)).isEqualTo(2);
  }
}
