package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.ByteSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.SampleShape;
import dev.retort.merkle.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class DemoDigitsTest {

  @Test
  void digits_bundled_areTenThousandLabelledImages() throws Exception {
    ByteSamples images =
        IdxFile.readImages("images", new ByteArrayInputStream(resource("images-idx3-ubyte.gz")));
    int[] labels = IdxFile.readLabels(
        "labels", new ByteArrayInputStream(resource("labels-idx1-ubyte.gz")), 10);
    assertThat(images.count()).isEqualTo(10_000);
    assertThat(images.shape()).isEqualTo(SampleShape.image(1, 28, 28));
    assertThat(labels).hasSize(10_000);
  }

  @Test
  void digits_anyThousand_holdEveryClass() throws Exception {
    int[] labels = IdxFile.readLabels(
        "labels", new ByteArrayInputStream(resource("labels-idx1-ubyte.gz")), 10);
    for (int first = 0; first < labels.length; first += 1000) {
      int[] thousand = Arrays.copyOfRange(labels, first, first + 1000);
      for (int digit = 0; digit < 10; digit++) {
        int wanted = digit;
        assertThat(Arrays.stream(thousand).filter(label -> label == wanted).count())
            .isBetween(60L, 150L);
      }
    }
  }

  @Test
  void digits_bundled_areThoseOfTheLicenceNote() throws Exception {
    byte[] images = resource("images-idx3-ubyte.gz");
    byte[] labels = resource("labels-idx1-ubyte.gz");
    assertThat(images.length + labels.length).isLessThan(3_000_000);
    assertThat(new String(resource("LICENCE.md"), StandardCharsets.UTF_8))
        .contains("CC BY-SA 3.0", Digest.of(images).hex(), Digest.of(labels).hex());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = DemoDigitsTest.class.getResourceAsStream("demo/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
