package dev.retort.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** A picture on a white ground, read by the JDK alone. Nothing of it is written to any disk. */
final class Picture {

  static final int CHANNELS = 3;

  private static final Set<String> FORMATS = Set.of("png", "jpeg", "bmp", "gif");
  private static final int MOST_BYTES = 1 << 25;

  /** A picture of that many pixels takes 64 MiB while it is read. */
  private static final long MOST_PIXELS = 1L << 24;

  private static final int BYTE = 0xff;

  private final BufferedImage image;

  private Picture(BufferedImage image) {
    this.image = image;
  }

  /**
   * Reads a PNG, JPEG, BMP or GIF file, of an animation the first frame. What a camera notes about turning is not heeded.
   *
   * @throws MalformedImageException if it is none, is damaged, or is too large
   */
  static Picture read(Path file) throws IOException, MalformedImageException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new MalformedImageException(
          "must name a file of at most " + MOST_BYTES + " bytes", "make the image smaller");
    }
    // A cache in memory, since ImageIO's own would lay private pictures in the temporary directory.
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      ImageReader reader = reader(in);
      try {
        reader.setInput(in, true, true);
        if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
          throw new MalformedImageException(
              "must name an image of at most " + MOST_PIXELS + " pixels", "make the image smaller");
        }
        return new Picture(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // The readers throw unchecked on some damage, and their messages may quote the file.
      throw new MalformedImageException(
          "must name an undamaged image", "write it again as 8-bit PNG");
    }
  }

  private static ImageReader reader(ImageInputStream in)
      throws IOException, MalformedImageException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
    }
    throw new MalformedImageException(
        "must name a PNG, JPEG, BMP or GIF file", "convert it, or correct the cell");
  }

  /**
   * The picture squeezed to {@code side} by {@code side}: red, green and blue planes, row-major, each number the mean of
   * the pixels under it, in [0, 1].
   */
  float[] averaged(int side) {
    int width = image.getWidth();
    int height = image.getHeight();
    double[] sums = new double[CHANNELS * side * side];
    double[] row = new double[CHANNELS * side];
    float[] pixels = new float[CHANNELS * width];
    for (int y = 0; y < height; y++) {
      readRow(y, pixels);
      Arrays.fill(row, 0);
      for (int channel = 0; channel < CHANNELS; channel++) {
        for (int x = 0; x < width; x++) {
          share(pixels[channel * width + x], x, width, side, row, channel * side, 1);
        }
        for (int x = 0; x < side; x++) {
          share(row[channel * side + x], y, height, side, sums, channel * side * side + x, side);
        }
      }
    }
    float[] means = new float[sums.length];
    for (int i = 0; i < means.length; i++) {
      // Shares of one cell add up to 1 but for rounding.
      means[i] = (float) Math.max(0, Math.min(1, sums[i]));
    }
    return means;
  }

  /** Adds a value to the cells that the {@code i}-th of {@code count} equal parts of a line lies over, by their overlap. */
  private static void share(
      double value, int i, int count, int cells, double[] sums, int from, int stride) {
    double start = (double) i * cells / count;
    double end = (double) (i + 1) * cells / count;
    for (int cell = (int) start; cell < Math.min(cells, end); cell++) {
      double overlap = Math.min(end, cell + 1) - Math.max(start, cell);
      sums[from + cell * stride] += overlap * value;
    }
  }

  private void readRow(int y, float[] pixels) {
    ColorModel model = image.getColorModel();
    boolean grey = !(model instanceof IndexColorModel)
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    if (grey) {
      readGreyRow(y, model, pixels);
    } else {
      readColourRow(y, pixels);
    }
  }

  // Java's grey is linear, and its conversion to colours would brighten what the file says.
  private void readGreyRow(int y, ColorModel model, float[] pixels) {
    int width = image.getWidth();
    Raster raster = image.getRaster();
    int[] values = raster.getSamples(0, y, width, 1, 0, (int[]) null);
    int[] alphas =
        raster.getNumBands() > 1 ? raster.getSamples(0, y, width, 1, 1, (int[]) null) : null;
    float most = (1 << model.getComponentSize(0)) - 1;
    for (int x = 0; x < width; x++) {
      float alpha = alphas == null ? 1 : alphas[x] / most;
      float value = alpha * values[x] / most + 1 - alpha;
      for (int channel = 0; channel < CHANNELS; channel++) {
        pixels[channel * width + x] = value;
      }
    }
  }

  private void readColourRow(int y, float[] pixels) {
    int width = image.getWidth();
    int[] colours = image.getRGB(0, y, width, 1, null, 0, width);
    for (int x = 0; x < width; x++) {
      float alpha = (colours[x] >>> 24) / (float) BYTE;
      for (int channel = 0; channel < CHANNELS; channel++) {
        int value = colours[x] >>> (16 - 8 * channel) & BYTE;
        pixels[channel * width + x] = alpha * value / BYTE + 1 - alpha;
      }
    }
  }
}
