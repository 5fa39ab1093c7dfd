package dev.retort.node.shard;

import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.MalformedIdxException;
import dev.retort.data.MalformedTableException;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleView;
import dev.retort.transfer.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records in a pair of IDX files, with a privacy unit a line in a third, or each image a unit. Safe for several threads. */
public final class ImageRecords implements SiteRecords {

  private final Path images;
  private final Path labels;
  private final @Nullable Path units;
  private @Nullable PrivateTable last;

  /**
   * Names the files; none is opened yet.
   *
   * @param units one unit a line in the order of the images, or null if each image is a unit of its own
   */
  public ImageRecords(Path images, Path labels, @Nullable Path units) {
    this.images = images;
    this.labels = labels;
    this.units = units;
  }

  @Override
  public synchronized PrivateTable read(Manifest manifest, SampleView view, int classes)
      throws UnsuitableRecordsException {
    if (!manifest.shape().isImage()) {
      throw new UnsuitableRecordsException(
          "the site's records are images, and the transfer set is a table",
          "data.kind must be table for a transfer set of shape " + manifest.shape() + ": images");
    }
    PrivateTable known = last;
    if (known != null && known.records().classes() == classes) {
      return view.of(known);
    }
    try {
      LabelledSamples records = IdxFile.read(images, labels, classes);
      List<String> named =
          units == null ? List.of() : PrivateTable.readUnits(units, records.count());
      PrivateTable read = units == null
          ? PrivateTable.ofRows(records)
          : new PrivateTable(records, named, List.of());
      last = read;
      return view.of(read);
    } catch (MalformedIdxException | MalformedTableException | IOException e) {
      throw new UnsuitableRecordsException("the site cannot read its records for this study", e);
    }
  }
}
