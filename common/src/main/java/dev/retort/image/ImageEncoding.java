package dev.retort.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public rule by which a picture becomes numbers: squeezed to a square of a few pixels, each the mean of what it covers,
 * and described. Nothing in it is learnt from anybody's records, so that reading private pictures by it costs no privacy.
 */
public sealed interface ImageEncoding {

  /** How many numbers a picture becomes. */
  int width();

  /** As schemas write it, such as {@code gradients-32}. */
  String text();

  /**
   * Writes the numbers of a PNG, JPEG, BMP or GIF file to {@code out} from {@code at} on. They depend on the picture alone.
   * Safe for several threads.
   *
   * @throws IOException if the file cannot be read
   * @throws MalformedImageException if it is no such picture, is damaged, or is too large
   */
  void encode(Path file, float[] out, int at) throws IOException, MalformedImageException;

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException if there is no such encoding
   */
  static ImageEncoding parse(String text) {
    Matcher matcher =
        Pattern.compile("(pixels|colours|gradients)-([1-9][0-9]{0,2})").matcher(text);
    if (matcher.matches()) {
      int side = Integer.parseInt(matcher.group(2));
      return switch (matcher.group(1)) {
        case "pixels" -> new Pixels(side);
        case "colours" -> new Colours(side);
        default -> new Gradients(side);
      };
    }
    throw new IllegalArgumentException(
        "encoder must be pixels-N, colours-N or gradients-N: " + text);
  }

  private static void checkSide(int side, int least, int most) {
    if (side < least || side > most) {
      throw new IllegalArgumentException(
          "encoder must be of a side in [" + least + ", " + most + "]: " + side);
    }
  }

  /**
   * How light each part is, in [0, 1]: the weighted mean of its red, green and blue (ITU-R BT.601).
   *
   * @param side of the square, 1 to 128
   */
  record Pixels(int side) implements ImageEncoding {

    public Pixels {
      checkSide(side, 1, 128);
    }

    @Override
    public int width() {
      return side * side;
    }

    @Override
    public String text() {
      return "pixels-" + side;
    }

    @Override
    public void encode(Path file, float[] out, int at) throws IOException, MalformedImageException {
      float[] colours = Picture.read(file).averaged(side);
      int plane = width();
      for (int i = 0; i < plane; i++) {
        out[at + i] =
            0.299f * colours[i] + 0.587f * colours[plane + i] + 0.114f * colours[2 * plane + i];
      }
    }
  }

  /**
   * How red, green and blue each part is, in [0, 1], one plane a colour.
   *
   * @param side of the square, 1 to 128
   */
  record Colours(int side) implements ImageEncoding {

    public Colours {
      checkSide(side, 1, 128);
    }

    @Override
    public int width() {
      return Picture.CHANNELS * side * side;
    }

    @Override
    public String text() {
      return "colours-" + side;
    }

    @Override
    public void encode(Path file, float[] out, int at) throws IOException, MalformedImageException {
      float[] colours = Picture.read(file).averaged(side);
      System.arraycopy(colours, 0, out, at, colours.length);
    }
  }

  /**
   * Where the edges run ({@link OrientedGradients}); 392 numbers from a side of 28 on.
   *
   * @param side of the square, 8 to 256
   */
  record Gradients(int side) implements ImageEncoding {

    public Gradients {
      checkSide(side, 8, 256);
    }

    @Override
    public int width() {
      return gradients().numbers();
    }

    @Override
    public String text() {
      return "gradients-" + side;
    }

    @Override
    public void encode(Path file, float[] out, int at) throws IOException, MalformedImageException {
      float[] described = gradients().describe(Picture.read(file).averaged(side));
      System.arraycopy(described, 0, out, at, described.length);
    }

    private OrientedGradients gradients() {
      return new OrientedGradients(Picture.CHANNELS, side, side);
    }
  }
}
