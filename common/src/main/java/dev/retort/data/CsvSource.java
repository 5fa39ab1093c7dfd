package dev.retort.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;

/** The rows of a CSV file one by one, each as long as the header. Not thread-safe. */
final class CsvSource implements Closeable {

  private final String file;
  private final CsvReader<CsvRecord> reader;
  private final Iterator<CsvRecord> records;
  private final List<String> header;
  private List<String> cells = List.of();
  private long row;

  private CsvSource(String file, CsvReader<CsvRecord> reader)
      throws IOException, MalformedTableException {
    this.file = file;
    this.reader = reader;
    this.records = reader.iterator();
    if (!hasNext()) {
      throw MalformedTableException.inHeader(
          file, "must be there", "name the columns in the first line");
    }
    this.header = records.next().getFields().stream().map(String::strip).toList();
    Set<String> names = new HashSet<>();
    for (String name : header) {
      if (!names.add(name)) {
        throw MalformedTableException.inHeader(
            file,
            "must name each column once: \"" + name + "\"",
            "rename or drop one of the columns");
      }
    }
  }

  static CsvSource open(Path file) throws IOException, MalformedTableException {
    InputStream in = Files.newInputStream(file);
    try {
      InputStream content = withoutByteOrderMark(Packed.open(in).content());
      // A decoder of our own, because the default one would replace malformed bytes in silence.
      return new CsvSource(
          file.toString(),
          CsvReader.builder()
              .allowUnclosedQuote(false)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .ofCsvRecord(new InputStreamReader(content, StandardCharsets.UTF_8.newDecoder())));
    } catch (ZipException | EOFException e) {
      in.close();
      throw damagedGzip(file.toString());
    } catch (IOException | MalformedTableException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  List<String> header() {
    return header;
  }

  /** The index of a column. */
  int column(String name) throws MalformedTableException {
    int index = header.indexOf(name);
    if (index < 0) {
      throw MalformedTableException.inHeader(
          file,
          "must have the column \"" + name + "\"",
          "add it, or correct the name in the schema");
    }
    return index;
  }

  /** Goes to the next row; false at the end. */
  boolean advance() throws IOException, MalformedTableException {
    if (!hasNext()) {
      return false;
    }
    row++;
    cells = records.next().getFields();
    if (cells.size() != header.size()) {
      throw MalformedTableException.inRow(
          file,
          row,
          "must have " + header.size() + " cells, one a column: " + cells.size(),
          "quote cells that hold commas, or complete the row");
    }
    return true;
  }

  /** The current row's cell in a column, without surrounding spaces. */
  String cell(int column) {
    return cells.get(column).strip();
  }

  /** The current row's cells, without surrounding spaces. */
  List<String> cells() {
    return cells.stream().map(String::strip).toList();
  }

  /** How many rows were advanced to. */
  long row() {
    return row;
  }

  MalformedTableException malformedCell(int column, String rule, String fix) {
    return malformedCell(row, column, rule, fix);
  }

  /** Of an earlier row; safe for several threads. */
  MalformedTableException malformedCell(long earlier, int column, String rule, String fix) {
    return MalformedTableException.inCell(file, earlier, header.get(column), rule, fix);
  }

  MalformedTableException malformedRow(String rule, String fix) {
    return MalformedTableException.inRow(file, row, rule, fix);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Reads ahead, where FastCSV throws unchecked whatever is wrong with the file. */
  private boolean hasNext() throws IOException, MalformedTableException {
    try {
      return records.hasNext();
    } catch (CsvParseException e) {
      // The parser's own message may quote the row, so it is not passed on.
      throw MalformedTableException.inRow(
          file,
          row + 1,
          "must be CSV as in RFC 4180",
          "close every quote, and double quotes within quotes");
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw MalformedTableException.inRow(
            file, row + 1, "or one soon after must be UTF-8", "save the file in that encoding");
      }
      if (e.getCause() instanceof ZipException || e.getCause() instanceof EOFException) {
        throw damagedGzip(file);
      }
      throw e.getCause();
    }
  }

  private static MalformedTableException damagedGzip(String file) {
    return MalformedTableException.inHeader(
        file, "and rows must be undamaged gzip", "copy the file again");
  }

  private static InputStream withoutByteOrderMark(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    buffered.mark(3);
    if (!(buffered.read() == 0xef && buffered.read() == 0xbb && buffered.read() == 0xbf)) {
      buffered.reset();
    }
    return buffered;
  }
}
