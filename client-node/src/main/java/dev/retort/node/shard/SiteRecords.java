package dev.retort.node.shard;

import dev.retort.data.PrivateTable;
import dev.retort.data.SampleView;
import dev.retort.transfer.Manifest;

/**
 * A site's private records. How a table becomes numbers is public and comes with the transfer set, so records are read
 * once the manifest is known.
 */
@FunctionalInterface
public interface SiteRecords {

  /**
   * The records as a view of samples of the transfer set's shape, labelled in a space of {@code classes}, with their
   * privacy units. What the view does not have need not be there. Repeated calls give the same records; an
   * implementation may keep what it read last.
   *
   * @param view of the manifest's samples
   * @throws UnsuitableRecordsException if the site has no such records or its files are malformed
   */
  PrivateTable read(Manifest manifest, SampleView view, int classes)
      throws UnsuitableRecordsException;

  /** Records that are already in memory, whole. */
  static SiteRecords held(PrivateTable table) {
    return (manifest, view, classes) -> {
      if (table.records().classes() != classes) {
        throw new UnsuitableRecordsException(
            "the site has no records labelled in " + classes + " classes",
            "records in memory have " + table.records().classes() + " classes, the study "
                + classes);
      }
      // Records of another shape have no such view; that they are another is for the caller to see.
      return table.records().samples().shape().equals(manifest.shape()) ? view.of(table) : table;
    };
  }
}
