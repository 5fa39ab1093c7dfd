package dev.retort.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageEncodingTest {

  private static final int WHITE = 0xffffffff;
  private static final int BLACK = 0xff000000;
  private static final int RED = 0xffff0000;

  @TempDir
  private Path directory;

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = directory.resolve("image." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private Path colours(int width, int... colours) throws IOException {
    BufferedImage image =
        new BufferedImage(width, colours.length / width, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, width, colours.length / width, colours, 0, width);
    return write(image, "png");
  }

  private static float[] encode(String encoding, Path file) throws Exception {
    ImageEncoding parsed = ImageEncoding.parse(encoding);
    float[] out = new float[parsed.width() + 2];
    Arrays.fill(out, -1);
    parsed.encode(file, out, 1);
    assertThat(out[0]).isEqualTo(-1);
    assertThat(out[out.length - 1]).isEqualTo(-1);
    return Arrays.copyOfRange(out, 1, out.length - 1);
  }

  @Test
  void pixels_ofEvenlyDividedImage_areMeansOfTheirParts() throws Exception {
    Path file = colours(4, WHITE, BLACK, WHITE, WHITE, BLACK, BLACK, WHITE, WHITE);
    assertThat(encode("pixels-1", file)).containsExactly(new float[] {5 / 8f}, within(1e-6f));
    assertThat(encode("pixels-2", file))
        .containsExactly(new float[] {0.5f, 1, 0, 1}, within(1e-6f));
  }

  @Test
  void pixels_ofPartsThatCutPixels_weighByOverlap() throws Exception {
    // Three columns over two parts: the middle one belongs to both by halves.
    Path file = colours(3, WHITE, BLACK, BLACK);
    assertThat(encode("pixels-2", file))
        .containsExactly(new float[] {2 / 3f, 0, 2 / 3f, 0}, within(1e-6f));
  }

  @Test
  void pixels_ofSmallerImage_repeatIt() throws Exception {
    Path file = colours(1, WHITE);
    assertThat(encode("pixels-3", file)).containsOnly(new float[] {1}, within(1e-6f));
  }

  @Test
  void colours_areThreePlanes_andPixelsTheirWeightedMean() throws Exception {
    Path file = colours(2, RED, BLACK);
    assertThat(encode("colours-2", file))
        .containsExactly(new float[] {1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, within(1e-6f));
    assertThat(encode("pixels-2", file))
        .containsExactly(new float[] {0.299f, 0, 0.299f, 0}, within(1e-6f));
  }

  @Test
  void colours_ofTransparentImage_lieOnWhite() throws Exception {
    Path file = colours(1, 0x00000000);
    assertThat(encode("colours-1", file)).containsExactly(new float[] {1, 1, 1}, within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
  void pixels_ofGreyImage_areWhatTheFileSays(int type) throws Exception {
    BufferedImage image = new BufferedImage(1, 1, type);
    int most = type == BufferedImage.TYPE_BYTE_GRAY ? 255 : 65_535;
    image.getRaster().setSample(0, 0, 0, most / 5);
    assertThat(encode("pixels-1", write(image, "png")))
        .containsExactly(new float[] {0.2f}, within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "bmp", "gif"})
  void pixels_ofEveryFormat_areRead(String format) throws Exception {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 8, 4, new int[32], 0, 8);
    int[] white = new int[32];
    Arrays.fill(white, WHITE);
    image.setRGB(0, 4, 8, 4, white, 0, 8);
    assertThat(encode("pixels-2", write(image, format)))
        .containsExactly(new float[] {0, 0, 1, 1}, within(0.05f));
  }

  @Test
  void gradients_ofVerticalEdge_pointAcrossIt() throws Exception {
    int[] pixels = new int[32 * 32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 32 < 16 ? BLACK : WHITE;
    }
    float[] described = encode("gradients-32", colours(32, pixels));
    assertThat(described).hasSize(8 * 7 * 7);
    float[] byOrientation = new float[8];
    for (int i = 0; i < described.length; i++) {
      byOrientation[i % 8] += described[i];
    }
    // From dark to light, left to right: orientation 0 alone.
    assertThat(byOrientation[0]).isPositive();
    assertThat(Arrays.copyOfRange(byOrientation, 1, 8)).containsOnly(0);
  }

  @Test
  void gradients_ofPlainImage_areZeros() throws Exception {
    int[] pixels = new int[64];
    Arrays.fill(pixels, RED);
    assertThat(encode("gradients-8", colours(8, pixels))).hasSize(8 * 2 * 2).containsOnly(0);
  }

  @Test
  void encode_ofTextFile_saysWhichFormatsThereAre() throws Exception {
    Path file = Files.writeString(directory.resolve("x.png"), "no image");
    assertThatThrownBy(() -> encode("pixels-4", file))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("must name a PNG, JPEG, BMP or GIF file");
  }

  @Test
  void encode_ofCutFile_saysThatItIsDamaged() throws Exception {
    Path file = colours(2, RED, BLACK, WHITE, RED);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> encode("pixels-4", file))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("must name an undamaged image");
  }

  @Test
  void encode_ofHugeImage_isRefusedBeforeItIsUnpacked() throws Exception {
    // A header that claims 50,000 by 50,000 pixels.
    Path file = colours(1, RED);
    byte[] bytes = Files.readAllBytes(file);
    java.nio.ByteBuffer.wrap(bytes).putInt(16, 50_000).putInt(20, 50_000);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(bytes, 12, 17);
    java.nio.ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
    Files.write(file, bytes);
    assertThatThrownBy(() -> encode("pixels-4", file))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("must name an image of at most 16777216 pixels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pixels", "pixels-0", "pixels-129", "gradients-7", "colours-200", "minilm", ""})
  void parse_otherEncoders_areRefused(String text) {
    assertThatThrownBy(() -> ImageEncoding.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("encoder must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixels-16", "colours-8", "gradients-32"})
  void parse_ofText_isTheSame(String text) {
    assertThat(ImageEncoding.parse(text).text()).isEqualTo(text);
  }
}
