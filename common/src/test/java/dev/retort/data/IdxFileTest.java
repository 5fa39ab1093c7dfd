package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxFileTest {

  /** Two images of 2 x 3. */
  private static final byte[] IMAGES =
      idx(0x803, new int[] {2, 2, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

  private static final byte[] LABELS = idx(0x801, new int[] {2}, 1, 0);

  @TempDir
  Path directory;

  @Test
  void readImages_rank3_isOneChannel() throws Exception {
    ByteSamples images = IdxFile.readImages(file(IMAGES));
    assertThat(images.shape()).isEqualTo(SampleShape.image(1, 2, 3));
    assertThat(images.encode(1, 1)).containsExactly(7, 8, 9, 10, 11, 12);
  }

  @Test
  void readImages_gzipWithoutSuffix_isRecognised() throws Exception {
    assertThat(IdxFile.readImages(file(gzip(IMAGES))).count()).isEqualTo(2);
    assertThat(IdxFile.readImages("resource", new ByteArrayInputStream(gzip(IMAGES)))
            .count())
        .isEqualTo(2);
  }

  @Test
  void readImages_rank4_becomesChannelsFirst() throws Exception {
    ByteSamples images = IdxFile.readImages(
        file(idx(0x804, new int[] {2, 1, 2, 3}, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16)));
    assertThat(images.shape()).isEqualTo(SampleShape.image(3, 1, 2));
    assertThat(images.encode(0, 2)).containsExactly(1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16);
  }

  @Test
  void readImages_cutShort_namesFileExpectedAndFound() throws Exception {
    Path file = file(Arrays.copyOf(IMAGES, IMAGES.length - 5));
    assertThatThrownBy(() -> IdxFile.readImages(file))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("12 bytes")
        .hasMessageContaining("cut short");
    assertThatThrownBy(
            () -> IdxFile.readImages("r", new ByteArrayInputStream(IMAGES, 0, IMAGES.length - 5)))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("12 bytes: found 7");
  }

  @Test
  void readImages_everyShorterFile_isMalformed() throws Exception {
    byte[] packed = gzip(IMAGES);
    for (int length = 0; length < IMAGES.length; length++) {
      Path file = file(Arrays.copyOf(IMAGES, length));
      assertThatThrownBy(() -> IdxFile.readImages(file)).isInstanceOf(MalformedIdxException.class);
    }
    for (int length = 0; length < packed.length; length++) {
      Path file = file(Arrays.copyOf(packed, length));
      assertThatThrownBy(() -> IdxFile.readImages(file)).isInstanceOf(MalformedIdxException.class);
    }
  }

  @Test
  void readImages_gzipWithFlippedBit_isMalformed() throws Exception {
    byte[] packed = gzip(IMAGES);
    packed[packed.length - 6] ^= 1;
    Path file = file(packed);
    assertThatThrownBy(() -> IdxFile.readImages(file))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("undamaged gzip");
  }

  @Test
  void readImages_trailingByte_isMalformed() throws Exception {
    Path file = file(Arrays.copyOf(IMAGES, IMAGES.length + 1));
    assertThatThrownBy(() -> IdxFile.readImages(file))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("must end after the 12 bytes");
  }

  @Test
  void readImages_labelsFile_namesMagic() throws Exception {
    Path file = file(LABELS);
    assertThatThrownBy(() -> IdxFile.readImages(file))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("rank of [3, 4]: 0x00000801");
  }

  @Test
  void readImages_otherElementType_isMalformed() throws Exception {
    Path file = file(idx(0xd03, new int[] {1, 1, 1}, 0, 0, 0, 0));
    assertThatThrownBy(() -> IdxFile.readImages(file)).hasMessageContaining("0x00000d03");
  }

  @Test
  void readImages_dimensionNotPositive_isMalformed() throws Exception {
    for (int extent : new int[] {0, -1}) {
      Path file = file(idx(0x803, new int[] {1, extent, 1}));
      assertThatThrownBy(() -> IdxFile.readImages(file))
          .isInstanceOf(MalformedIdxException.class)
          .hasMessageContaining("dimension 1 must be in [1, 2^31)");
    }
  }

  @Test
  void readImages_hugeClaim_isRefusedBeforeAllocation() throws Exception {
    int huge = Integer.MAX_VALUE;
    Path overflow = file(idx(0x803, new int[] {huge, huge, huge}));
    assertThatThrownBy(() -> IdxFile.readImages(overflow))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("at most");
    // Two gigabytes would not fit the heap of the tests.
    byte[] claim = idx(0x803, new int[] {2_000_000, 1000, 1}, 1);
    Path plain = file(claim);
    assertThatThrownBy(() -> IdxFile.readImages(plain)).hasMessageContaining("cannot hold them");
    Path packed = file(gzip(claim));
    assertThatThrownBy(() -> IdxFile.readImages(packed)).hasMessageContaining("cannot hold them");
    assertThatThrownBy(() -> IdxFile.readImages("r", new ByteArrayInputStream(claim)))
        .hasMessageContaining("found 1;");
  }

  @Test
  void readImages_absentFile_isNoMalformedFile() {
    assertThatThrownBy(() -> IdxFile.readImages(directory.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void readLabels_wellFormed_areIndices() throws Exception {
    assertThat(IdxFile.readLabels(file(LABELS), 2)).containsExactly(1, 0);
    assertThat(IdxFile.readLabels("r", new ByteArrayInputStream(LABELS), 2)).containsExactly(1, 0);
  }

  @Test
  void readLabels_outsideLabelSpace_namesIndexOnly() {
    // A stream with a name of our own: the random name of a temporary file could hold the digits.
    byte[] file = idx(0x801, new int[] {3}, 1, 0, 77);
    assertThatThrownBy(() -> IdxFile.readLabels("labels", new ByteArrayInputStream(file), 10))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessage("labels: label 2 must be in the label space [0, 10);"
            + " correct the file or the study's classes");
  }

  @Test
  void read_countsDiffer_namesBothCounts() throws Exception {
    Path images = file(IMAGES);
    Path labels = file(idx(0x801, new int[] {3}, 1, 0, 1));
    assertThatThrownBy(() -> IdxFile.read(images, labels, 2))
        .isInstanceOf(MalformedIdxException.class)
        .hasMessageContaining("3 labels, 2 images");
  }

  @Test
  void read_pair_isLabelled() throws Exception {
    LabelledSamples labelled = IdxFile.read(file(IMAGES), file(LABELS), 2);
    assertThat(labelled.labels()).containsExactly(1, 0);
  }

  @Test
  void writeLabels_outsideByte_throws() {
    assertThatThrownBy(() -> IdxFile.writeLabels(new int[] {256}, new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(Files.createTempFile(directory, "idx", ""), content);
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  private static byte[] idx(int magic, int[] extents, int... values) {
    ByteBuffer file =
        ByteBuffer.allocate(4 + 4 * extents.length + values.length).putInt(magic);
    for (int extent : extents) {
      file.putInt(extent);
    }
    for (int value : values) {
      file.put((byte) value);
    }
    return file.array();
  }
}
