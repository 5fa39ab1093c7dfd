package dev.retort.node.shard;

import dev.retort.data.CsvTable;
import dev.retort.data.LabelColumn;
import dev.retort.data.MalformedTableException;
import dev.retort.data.PrivateColumns;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleView;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.transfer.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Records in a CSV file, read as the transfer set's schema says. Safe for several threads. */
public final class TableRecords implements SiteRecords {

  private final Path file;
  private final @Nullable String unit;
  private @Nullable Reading last;

  private record Reading(Digest manifest, TableSchema schema, PrivateTable table) {}

  /**
   * Names the file; it is not opened yet.
   *
   * @param unit the column of the privacy unit, or null if each row is a unit of its own
   */
  public TableRecords(Path file, @Nullable String unit) {
    this.file = file;
    this.unit = unit;
  }

  @Override
  public synchronized PrivateTable read(Manifest manifest, SampleView view, int classes)
      throws UnsuitableRecordsException {
    TableSchema schema = view.schema();
    if (schema == null) {
      throw new UnsuitableRecordsException(
          "the site's records are a table, and the transfer set has no table schema",
          "data.kind must be images for a transfer set without a schema: table");
    }
    LabelColumn label = schema.label();
    if (label == null || label.classes().size() != classes) {
      throw new UnsuitableRecordsException(
          "the transfer set's schema must name a label column of the study's " + classes
              + " classes",
          "the transfer set's schema has no label column of " + classes + " classes");
    }
    Digest digest = manifest.digest();
    Reading known = last;
    if (known != null && known.manifest.equals(digest) && known.schema.equals(schema)) {
      return known.table;
    }
    try {
      PrivateTable read = CsvTable.readPrivate(file, schema, new PrivateColumns(unit, null));
      last = new Reading(digest, schema, read);
      return read;
    } catch (MalformedTableException | IOException e) {
      throw new UnsuitableRecordsException("the site cannot read its records for this study", e);
    }
  }
}
