package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class IdxFileProperties {

  @Property(tries = 200)
  void writeImages_thenRead_isTheSame(
      @ForAll @IntRange(min = 1, max = 9) int count,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll long seed)
      throws Exception {
    byte[] values = new byte[count * channels * height * width];
    new SplittableRandom(seed).nextBytes(values);
    ByteSamples images =
        new ByteSamples(SampleShape.image(channels, height, width), values.clone());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    IdxFile.writeImages(images, file);

    ByteSamples read = IdxFile.readImages("images", new ByteArrayInputStream(file.toByteArray()));

    assertThat(read.shape()).isEqualTo(images.shape());
    assertThat(read.encode(0, count)).isEqualTo(values);
  }

  @Property(tries = 200)
  void writeLabels_thenRead_isTheSame(@ForAll @Size(min = 1, max = 300) byte[] bytes)
      throws Exception {
    int[] labels = new int[bytes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = bytes[i] & 0xff;
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    IdxFile.writeLabels(labels, file);
    assertThat(IdxFile.readLabels("labels", new ByteArrayInputStream(file.toByteArray()), 256))
        .isEqualTo(labels);
  }

  @Property(tries = 1000)
  void readImages_anyBytes_areReadOrRefused(
      @ForAll @Size(max = 60) byte[] tail, @ForAll boolean headed) throws IOException {
    byte[] content = headed ? new byte[tail.length + 4] : tail;
    if (headed) {
      content[2] = 8;
      content[3] = 3;
      System.arraycopy(tail, 0, content, 4, tail.length);
    }
    try {
      assertThat(IdxFile.readImages("fuzz", new ByteArrayInputStream(content)).count())
          .isPositive();
    } catch (MalformedIdxException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
    }
  }
}
