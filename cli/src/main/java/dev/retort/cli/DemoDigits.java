package dev.retort.cli;

import dev.retort.data.ByteSamples;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.MalformedIdxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * The bundled digits, dealt: the first 6,000 of a seeded order are private and spread over the hospitals, the next 3,000
 * are public without their labels, the last 1,000 test.
 */
final class DemoDigits {

  static final int CLASSES = 10;
  private static final int PRIVATE = 6_000;
  private static final int PUBLIC = 3_000;

  private final ByteSamples images;
  private final LabelledSamples all;
  private final int[] order;
  private final int hospitals;

  private DemoDigits(ByteSamples images, LabelledSamples all, int[] order, int hospitals) {
    this.images = images;
    this.all = all;
    this.order = order;
    this.hospitals = hospitals;
  }

  /** Reads the digits from the jar and deals them. */
  static DemoDigits deal(int hospitals, long seed) throws IOException, MalformedIdxException {
    ByteSamples images = IdxFile.readImages("demo images", resource("images-idx3-ubyte.gz"));
    LabelledSamples all = new LabelledSamples(
        images,
        IdxFile.readLabels("demo labels", resource("labels-idx1-ubyte.gz"), CLASSES),
        CLASSES);
    int[] order = IntStream.range(0, all.count()).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return new DemoDigits(images, all, order, hospitals);
  }

  /** All private digits together. */
  LabelledSamples pooled() {
    return all.subset(privateRows());
  }

  /** The rows of {@link #pooled} that each hospital has. */
  int[][] hospitalRows() {
    int[][] rows = new int[hospitals][];
    for (int hospital = 0; hospital < hospitals; hospital++) {
      rows[hospital] = IntStream.range(first(hospital), first(hospital + 1)).toArray();
    }
    return rows;
  }

  /** The test digits. */
  LabelledSamples test() {
    return all.subset(testRows());
  }

  /** Writes one hospital's digits as an IDX pair. */
  void writeHospital(int hospital, Path imageFile, Path labelFile) throws IOException {
    int[] rows = Arrays.copyOfRange(order, first(hospital), first(hospital + 1));
    writeImages(rows, imageFile);
    writeLabels(rows, labelFile);
  }

  /** Writes the public digits as IDX images, without labels. */
  void writePublic(Path imageFile) throws IOException {
    writeImages(Arrays.copyOfRange(order, PRIVATE, PRIVATE + PUBLIC), imageFile);
  }

  /** Writes the test digits as an IDX pair. */
  void writeTest(Path imageFile, Path labelFile) throws IOException {
    writeImages(testRows(), imageFile);
    writeLabels(testRows(), labelFile);
  }

  private int[] privateRows() {
    return Arrays.copyOf(order, PRIVATE);
  }

  private int[] testRows() {
    return Arrays.copyOfRange(order, PRIVATE + PUBLIC, order.length);
  }

  private int first(int hospital) {
    return PRIVATE * hospital / hospitals;
  }

  private void writeImages(int[] rows, Path file) throws IOException {
    int size = images.shape().size();
    byte[] values = new byte[rows.length * size];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(images.encode(rows[i], 1), 0, values, i * size, size);
    }
    try (OutputStream out = gzip(file)) {
      IdxFile.writeImages(new ByteSamples(images.shape(), values), out);
    }
  }

  private void writeLabels(int[] rows, Path file) throws IOException {
    try (OutputStream out = gzip(file)) {
      IdxFile.writeLabels(Arrays.stream(rows).map(all::label).toArray(), out);
    }
  }

  private static OutputStream gzip(Path file) throws IOException {
    return new GZIPOutputStream(Files.newOutputStream(file));
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = DemoDigits.class.getResourceAsStream("demo/" + name);
    if (in == null) {
      throw new IOException("the jar lacks demo/" + name);
    }
    return in;
  }
}
