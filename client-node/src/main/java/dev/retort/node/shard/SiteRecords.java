package dev.retort.node.shard;

import dev.retort.data.PrivateTable;
import dev.retort.transfer.Manifest;

/**
 * A site's private records. How a table becomes numbers is public and comes with the transfer set, so records are read
 * once the manifest is known.
 */
@FunctionalInterface
public interface SiteRecords {

  /**
   * The records as samples of the transfer set's shape, labelled in a space of {@code classes}, with their privacy
   * units. Repeated calls give the same records; an implementation may keep what it read last.
   *
   * @throws UnsuitableRecordsException if the site has no such records or its files are malformed
   */
  PrivateTable read(Manifest manifest, int classes) throws UnsuitableRecordsException;

  /** Records that are already in memory. */
  static SiteRecords held(PrivateTable table) {
    return (manifest, classes) -> {
      if (table.records().classes() != classes) {
        throw new UnsuitableRecordsException(
            "the site has no records labelled in " + classes + " classes",
            "records in memory have " + table.records().classes() + " classes, the study "
                + classes);
      }
      return table;
    };
  }
}
