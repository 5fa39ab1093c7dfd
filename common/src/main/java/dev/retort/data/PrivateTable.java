package dev.retort.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled records with the privacy unit of each: all records of one unit stand or fall together.
 *
 * @param records the records
 * @param units the privacy unit of each record
 * @param sites the site of each record, or empty where the table has none
 */
public record PrivateTable(LabelledSamples records, List<String> units, List<String> sites) {

  public PrivateTable {
    units = List.copyOf(units);
    sites = List.copyOf(sites);
    if (units.size() != records.count()) {
      throw new IllegalArgumentException("units must be one a record");
    }
    if (!sites.isEmpty() && sites.size() != records.count()) {
      throw new IllegalArgumentException("sites must be one a record or none");
    }
  }

  /** Records that are each a unit of their own, named by their row. */
  public static PrivateTable ofRows(LabelledSamples records) {
    return new PrivateTable(
        records,
        IntStream.range(0, records.count()).mapToObj(Integer::toString).toList(),
        List.of());
  }

  /**
   * Reads a text file with the privacy unit of one record a line, in the order of the records.
   *
   * @param count how many records there are
   * @throws MalformedTableException if the lines are not {@code count}, or one is blank
   */
  public static List<String> readUnits(Path file, int count)
      throws IOException, MalformedTableException {
    List<String> units = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      String line = reader.readLine();
      while (line != null && units.size() <= count) {
        String unit = line.strip();
        if (unit.isEmpty()) {
          throw MalformedTableException.inRow(
              file.toString(),
              units.size() + 1L,
              "must not be blank",
              "write the privacy unit of one record in each line");
        }
        units.add(unit);
        line = reader.readLine();
      }
    } catch (CharacterCodingException e) {
      throw MalformedTableException.inRow(
          file.toString(),
          units.size() + 1L,
          "or one soon after must be UTF-8",
          "save the file in that encoding");
    }
    if (units.size() != count) {
      throw MalformedTableException.inRow(
          file.toString(),
          Math.min(units.size(), count) + 1L,
          units.size() < count
              ? "must be there: units are one a record"
              : "must not be there: units are one a record",
          "write as many lines as there are records");
    }
    return List.copyOf(units);
  }

  /** The count of records. */
  public int count() {
    return records.count();
  }

  /**
   * A view of the records at {@code rows}, which keep their units and sites; no sample is copied.
   *
   * @throws IndexOutOfBoundsException if a row is not in [0, count())
   */
  public PrivateTable subset(int[] rows) {
    return new PrivateTable(
        records.subset(rows),
        Arrays.stream(rows).mapToObj(units::get).toList(),
        sites.isEmpty() ? sites : Arrays.stream(rows).mapToObj(sites::get).toList());
  }
}
