package dev.retort.secagg;

import java.io.IOException;
import java.util.List;

/**
 * What a coordinator keeps over restarts: records in the order in which they were appended. A coordinator that reads them
 * again stands where it stood, and signs nothing that contradicts what it signed before.
 */
public interface CoordinatorJournal {

  /** Appends a record, which is durable when this returns. */
  void append(Octets record) throws IOException;

  /** All records. */
  List<Octets> records() throws IOException;
}
