package dev.retort.tlog;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Records of one kind of log as canonical JSON: one object a record, every value a string, every field required, no other
 * allowed.
 */
public final class RecordCodec<E> {

  /** An entry, before the envelope adds a third for base64. */
  public static final int MAX_ENTRY_BYTES = 32 * 1024;

  private final EntryFormat<E> format;

  /** Records whose entries are written by {@code format}. */
  public RecordCodec(EntryFormat<E> format) {
    this.format = format;
  }

  /** The one encoding of a record. */
  public byte[] encode(LogRecord<E> logRecord) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("type", format.type(logRecord.entry()));
    fields.put("seq", Long.toString(logRecord.seq()));
    fields.put("prevRoot", logRecord.prevRoot().hex());
    fields.put("tick", Long.toString(logRecord.tick().getEpochSecond()));
    format.put(fields, logRecord.entry());
    return CanonicalJson.encode(fields);
  }

  /**
   * The record that encodes to exactly {@code json}.
   *
   * @throws MalformedLogException if there is none
   */
  public LogRecord<E> decode(byte[] json) throws MalformedLogException {
    if (json.length > MAX_ENTRY_BYTES) {
      throw new MalformedLogException(
          "entry must be at most " + MAX_ENTRY_BYTES + " bytes long: " + json.length);
    }
    FieldReader fields = new FieldReader(CanonicalJson.parse(json));
    try {
      String type = fields.text("type");
      LogRecord<E> logRecord = new LogRecord<>(
          fields.integer("seq"),
          fields.digest("prevRoot"),
          fields.instant("tick"),
          format.read(type, fields));
      fields.requireAllRead();
      // Catches every number that is not written as this codec writes it, such as 007 or 1.50.
      if (!Arrays.equals(encode(logRecord), json)) {
        throw new MalformedLogException("entry must write numbers in their shortest form");
      }
      return logRecord;
    } catch (IllegalArgumentException e) {
      // A record's own rule, such as a count out of range.
      throw new MalformedLogException("entry must be valid: " + e.getMessage(), e);
    }
  }
}
