package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.image.ImageEncoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageColumnsTest {

  private static final TableSchema SCHEMA = new TableSchema(
      List.of(
          new FeatureColumn.Image("scan", new ImageEncoding.Pixels(1), null),
          new FeatureColumn.Numeric("age", 50, 10),
          new FeatureColumn.Image("scan", new ImageEncoding.Colours(1), null)),
      null,
      TableSchema.DEFAULT_MISSING);

  @TempDir
  private Path root;

  private Path directory;

  @BeforeEach
  void write() throws Exception {
    directory = Files.createDirectories(root.resolve("site"));
    write(directory.resolve("white.png"), 0xffffff);
    write(Files.createDirectories(directory.resolve("scans/2")).resolve("black.png"), 0);
    write(root.resolve("outside.png"), 0xffffff);
  }

  private static void write(Path file, int colour) throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 2, 2, new int[] {colour, colour, colour, colour}, 0, 2);
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  private Path table(String text) throws IOException {
    return Files.writeString(directory.resolve("table.csv"), text);
  }

  @Test
  void readFeatures_images_areFoundBelowTheTableAndMissingOnesAreZeros() throws Exception {
    FloatSamples samples =
        CsvTable.readFeatures(table("scan,age\nwhite.png,60\nscans/2/black.png,50\n,40\n"), SCHEMA);
    FloatBuffer out = FloatBuffer.allocate(15);
    samples.gather(new int[] {0, 1, 2}, 0, 3, out);
    assertThat(out.array()).containsExactly(1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside.png", "absent.png", "scans", "link.png", "/etc/hosts", "."})
  void readFeatures_nameThatLeadsElsewhere_isRefusedWithoutIt(String name) throws Exception {
    Files.createSymbolicLink(directory.resolve("link.png"), root.resolve("outside.png"));
    refused(
        name,
        "row 2, column \"scan\" must name a file below the table's directory, by a relative path;");
  }

  @Test
  void readFeatures_absolutePathWithinTheDirectory_isRefused() throws Exception {
    refused(directory.resolve("white.png").toString(), "by a relative path;");
  }

  @Test
  void readFeatures_damagedImage_namesRowAndRule() throws Exception {
    Files.writeString(directory.resolve("secret.png"), "no image");
    refused("secret.png", "row 2, column \"scan\" must name a PNG, JPEG, BMP or GIF file; convert");
  }

  private void refused(String name, String message) throws Exception {
    Path file = table("scan,age\nwhite.png,60\n" + name + ",50\n");
    assertThatThrownBy(() -> CsvTable.readFeatures(file, SCHEMA))
        .isInstanceOf(MalformedTableException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain(name + ",")
        .doesNotContain("secret");
  }
}
