package dev.retort.data;

import dev.retort.image.MalformedImageException;
import dev.retort.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Reads the rows of one table as a schema says. Texts and images wait until there are many, since they are encoded on all
 * cores: {@link #finish} encodes the last of them. Not thread-safe; holds the encoders' memory until closed.
 */
final class SchemaRow implements AutoCloseable {

  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int BLOCK_CELLS = 256;
  private static final int BLOCK_CHARACTERS = 1 << 24;

  /** Writes one cell's numbers at {@code at}, where zeros stand. */
  private interface Cell {
    void read(CsvSource source, float[] out, int at) throws MalformedTableException;
  }

  /** A text or an image, whose numbers will stand where it knows. */
  private interface Waiting {
    /** Called once, on any thread. */
    void encode(float[] out) throws MalformedTableException;
  }

  private final List<FeatureColumn> features;
  private final Set<String> missing;
  private final Cell[] cells;
  private final Path directory;
  private final EncodingProgress progress;
  private final List<TextEncoder> encoders = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private long waitingCharacters;
  private long encoded;

  /**
   * Finds the schema's columns and opens its encoders.
   *
   * @param directory where images lie, and below it
   * @throws MalformedTableException if the table lacks one
   */
  SchemaRow(TableSchema schema, CsvSource source, Path directory, EncodingProgress progress)
      throws MalformedTableException {
    this.features = schema.features();
    this.missing = schema.missing();
    this.cells = new Cell[features.size()];
    this.directory = directory;
    this.progress = progress;
    int[] columns = new int[cells.length];
    for (int i = 0; i < cells.length; i++) {
      columns[i] = source.column(features.get(i).name());
    }
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell(features.get(i), columns[i]);
    }
  }

  /**
   * Writes the numbers of the current row at {@code start}, but for texts and images: those are written by a later call
   * or by {@link #finish}, wherever the numbers lie by then.
   */
  void read(CsvSource source, float[] out, int start) throws MalformedTableException {
    int at = start;
    for (int i = 0; i < cells.length; i++) {
      int end = at + features.get(i).width();
      Arrays.fill(out, at, end, 0);
      cells[i].read(source, out, at);
      at = end;
    }
    if (waiting.size() >= BLOCK_CELLS || waitingCharacters >= BLOCK_CHARACTERS) {
      finish(out);
    }
  }

  /**
   * Writes the numbers of every text and image that waits.
   *
   * @throws MalformedTableException if an image cannot be read, of several in the first of their rows
   */
  void finish(float[] out) throws MalformedTableException {
    Optional<MalformedTableException> failure = waiting.parallelStream()
        .map(cell -> failure(cell, out))
        .flatMap(Optional::stream)
        .findFirst();
    if (failure.isPresent()) {
      throw failure.get();
    }
    encoded += waiting.size();
    if (!waiting.isEmpty()) {
      progress.encoded(encoded);
    }
    waiting.clear();
    waitingCharacters = 0;
  }

  private static Optional<MalformedTableException> failure(Waiting cell, float[] out) {
    try {
      cell.encode(out);
      return Optional.empty();
    } catch (MalformedTableException e) {
      return Optional.of(e);
    }
  }

  @Override
  public void close() {
    encoders.forEach(TextEncoder::close);
  }

  private Cell cell(FeatureColumn feature, int column) {
    if (feature instanceof FeatureColumn.Numeric numeric) {
      return (source, out, at) -> out[at] = standardised(numeric, source, column);
    }
    if (feature instanceof FeatureColumn.Text text) {
      TextEncoder encoder = text.encoding().open();
      encoders.add(encoder);
      return (source, out, at) -> await(encoder, source, column, at);
    }
    if (feature instanceof FeatureColumn.Image image) {
      return (source, out, at) -> await(image, source, column, at);
    }
    Map<String, Integer> indices = new HashMap<>();
    for (String value : ((FeatureColumn.Categorical) feature).values()) {
      indices.put(value, indices.size());
    }
    return (source, out, at) -> {
      String word = source.cell(column);
      Integer index = missing.contains(word) ? null : indices.get(word);
      if (index != null) {
        out[at + index] = 1;
      }
    };
  }

  private void await(TextEncoder encoder, CsvSource source, int column, int at)
      throws MalformedTableException {
    String text = source.cell(column);
    if (missing.contains(text)) {
      return;
    }
    if (text.length() > MOST_CHARACTERS) {
      throw source.malformedCell(
          column,
          "must be a text of at most " + MOST_CHARACTERS + " characters",
          "shorten it, or divide it among rows");
    }
    waiting.add(out -> encoder.encode(text, out, at));
    waitingCharacters += text.length();
  }

  private void await(FeatureColumn.Image image, CsvSource source, int column, int at)
      throws MalformedTableException {
    String name = source.cell(column);
    if (missing.contains(name)) {
      return;
    }
    Path file = imageFile(name, source, column);
    long row = source.row();
    waiting.add(out -> {
      try {
        image.encoding().encode(file, out, at);
      } catch (MalformedImageException e) {
        throw source.malformedCell(row, column, e.rule(), e.fix());
      } catch (IOException e) {
        throw source.malformedCell(
            row, column, "must name a file that can be read", "check the file's permissions");
      }
    });
  }

  /** The file that a cell names, which must lie below the table's directory whatever links say. */
  private Path imageFile(String name, CsvSource source, int column) throws MalformedTableException {
    try {
      Path relative = Path.of(name);
      Path file = directory.resolve(relative).toRealPath();
      if (relative.getRoot() == null
          && file.startsWith(directory.toRealPath())
          && Files.isRegularFile(file)) {
        return file;
      }
    } catch (InvalidPathException | IOException e) {
      // As any other name that leads to no file; what it was stays out of the message.
    }
    throw source.malformedCell(
        source.row(),
        column,
        "must name a file below the table's directory, by a relative path",
        "put the file there, correct the cell, or leave it empty where there is none");
  }

  private float standardised(FeatureColumn.Numeric numeric, CsvSource source, int column)
      throws MalformedTableException {
    String text = source.cell(column);
    if (missing.contains(text)) {
      return 0;
    }
    OptionalDouble value = Decimals.parse(text);
    if (value.isPresent()) {
      float standardised = (float) ((value.getAsDouble() - numeric.mean()) / numeric.scale());
      if (Float.isFinite(standardised)) {
        return standardised;
      }
    }
    throw source.malformedCell(
        column,
        "must be a finite decimal number or missing",
        "correct the cell, or list how the table writes a missing number under the schema's `missing`");
  }
}
