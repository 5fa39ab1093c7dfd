package dev.retort.tlog;

import java.util.Map;

/** How one kind of log writes its entries as named strings, and reads them back. */
public interface EntryFormat<E> {

  /** The tag that names an entry's kind. */
  String type(E entry);

  /** Writes an entry's own fields. */
  void put(Map<String, String> fields, E entry);

  /**
   * Reads an entry's own fields.
   *
   * @throws MalformedLogException if a field is missing or malformed, or the kind is unknown
   * @throws IllegalArgumentException if the entry's own rules refuse a value
   */
  E read(String type, FieldReader fields) throws MalformedLogException;
}
