package dev.retort.data;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads and writes the IDX format of the MNIST database (LeCun, Cortes, Burges), unsigned bytes only, plain or gzipped.
 * Gzip is recognised by its magic number, not by the file's name.
 */
public final class IdxFile {

  private IdxFile() {}

  /** Unsigned bytes; the rank is added. */
  private static final int MAGIC = 0x0800;

  private static final List<Integer> IMAGE_RANKS = List.of(3, 4);
  private static final List<Integer> LABEL_RANKS = List.of(1);

  /**
   * Reads images: rank 3 (N x height x width) becomes 1 x height x width, rank 4 (N x height x width x channels) becomes
   * channels x height x width.
   *
   * @throws MalformedIdxException if the magic number, a dimension or the exact length is wrong
   * @throws IOException if the file cannot be read
   */
  public static ByteSamples readImages(Path file) throws IOException, MalformedIdxException {
    try (InputStream in = Files.newInputStream(file)) {
      return images(IdxContent.read(file.toString(), in, Files.size(file), IMAGE_RANKS));
    }
  }

  /**
   * Reads images, as {@link #readImages(Path)} does, from a stream such as a resource; the stream is not closed.
   *
   * @param name how messages call the stream
   */
  public static ByteSamples readImages(String name, InputStream in)
      throws IOException, MalformedIdxException {
    return images(IdxContent.read(name, in, IdxContent.UNKNOWN_LENGTH, IMAGE_RANKS));
  }

  /**
   * Reads labels (rank 1).
   *
   * @param classes the size of the label space; every label must be smaller
   * @throws MalformedIdxException if the magic number, the dimension or the exact length is wrong, or a label is outside
   *     the label space
   */
  public static int[] readLabels(Path file, int classes) throws IOException, MalformedIdxException {
    try (InputStream in = Files.newInputStream(file)) {
      IdxContent content = IdxContent.read(file.toString(), in, Files.size(file), LABEL_RANKS);
      return labels(file.toString(), content, classes);
    }
  }

  /** Reads labels, as {@link #readLabels(Path, int)} does, from a stream; the stream is not closed. */
  public static int[] readLabels(String name, InputStream in, int classes)
      throws IOException, MalformedIdxException {
    return labels(name, IdxContent.read(name, in, IdxContent.UNKNOWN_LENGTH, LABEL_RANKS), classes);
  }

  /**
   * Reads images and their labels.
   *
   * @throws MalformedIdxException if either file is malformed, or they are not equally many
   */
  public static LabelledSamples read(Path images, Path labels, int classes)
      throws IOException, MalformedIdxException {
    ByteSamples samples = readImages(images);
    int[] indices = readLabels(labels, classes);
    if (indices.length != samples.count()) {
      throw new MalformedIdxException(
          labels.toString(),
          "labels must be as many as the images of " + images + ": " + indices.length + " labels, "
              + samples.count() + " images");
    }
    return new LabelledSamples(samples, indices, classes);
  }

  /** Writes images as a plain IDX file: rank 3 for one channel, rank 4 for more. */
  public static void writeImages(ByteSamples images, OutputStream out) throws IOException {
    if (!images.shape().isImage()) {
      throw new IllegalArgumentException(
          "images must be [channels, height, width]: " + images.shape());
    }
    int channels = images.shape().dimensions().get(0);
    int height = images.shape().dimensions().get(1);
    int width = images.shape().dimensions().get(2);
    DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out));
    data.writeInt(MAGIC + (channels == 1 ? 3 : 4));
    data.writeInt(images.count());
    data.writeInt(height);
    data.writeInt(width);
    if (channels > 1) {
      data.writeInt(channels);
    }
    for (int row = 0; row < images.count(); row++) {
      data.write(transposed(images.encode(row, 1), channels, height * width));
    }
    data.flush();
  }

  /** Writes labels, each in [0, 256), as a plain IDX file. */
  public static void writeLabels(int[] labels, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out));
    data.writeInt(MAGIC + 1);
    data.writeInt(labels.length);
    for (int label : labels) {
      if (label < 0 || label > 0xff) {
        throw new IllegalArgumentException("label must be in [0, 256): " + label);
      }
      data.writeByte(label);
    }
    data.flush();
  }

  private static ByteSamples images(IdxContent content) {
    List<Integer> extents = content.extents();
    int height = extents.get(1);
    int width = extents.get(2);
    int channels = extents.size() == 4 ? extents.get(3) : 1;
    byte[] values = content.values();
    if (channels > 1) {
      int size = height * width * channels;
      for (int start = 0; start < values.length; start += size) {
        byte[] image = Arrays.copyOfRange(values, start, start + size);
        System.arraycopy(transposed(image, height * width, channels), 0, values, start, size);
      }
    }
    return new ByteSamples(SampleShape.image(channels, height, width), values);
  }

  /** Swaps the two dimensions of {@code rows x columns} bytes: channels first from channels last, and back. */
  private static byte[] transposed(byte[] values, int rows, int columns) {
    if (rows == 1 || columns == 1) {
      return values;
    }
    byte[] swapped = new byte[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        swapped[column * rows + row] = values[row * columns + column];
      }
    }
    return swapped;
  }

  private static int[] labels(String file, IdxContent content, int classes)
      throws MalformedIdxException {
    int[] labels = new int[content.values().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = content.values()[i] & 0xff;
      if (labels[i] >= classes) {
        throw new MalformedIdxException(
            file,
            "label " + i + " must be in the label space [0, " + classes
                + "); correct the file or the study's classes");
      }
    }
    return labels;
  }
}
