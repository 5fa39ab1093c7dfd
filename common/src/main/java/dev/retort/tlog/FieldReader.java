package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Takes the fields of one entry by name and type, and knows which were never taken. */
public final class FieldReader {

  private final Map<String, String> fields;
  private final Set<String> unread;

  /** Reads an entry's fields. */
  public FieldReader(SortedMap<String, String> fields) {
    this.fields = fields;
    this.unread = new HashSet<>(fields.keySet());
  }

  /** A field that must be there. */
  public String text(String name) throws MalformedLogException {
    String value = fields.get(name);
    if (value == null) {
      throw new MalformedLogException("entry must have the field " + name);
    }
    unread.remove(name);
    return value;
  }

  /** What follows {@code prefix} in the names of fields that begin with it, ascending. */
  public List<String> suffixes(String prefix) {
    return fields.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .sorted()
        .toList();
  }

  /** A field that can only have one value. */
  public void constant(String name, String wanted) throws MalformedLogException {
    if (!text(name).equals(wanted)) {
      throw new MalformedLogException(name + " must be " + wanted + ": " + fields.get(name));
    }
  }

  /** A digest. */
  public Digest digest(String name) throws MalformedLogException {
    try {
      return new Digest(text(name));
    } catch (IllegalArgumentException e) {
      throw new MalformedLogException(name + " must be a digest: " + fields.get(name), e);
    }
  }

  /** A 64-bit integer. */
  public long integer(String name) throws MalformedLogException {
    String value = text(name);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new MalformedLogException(name + " must be a 64-bit integer: " + value, e);
    }
  }

  /** A 32-bit integer. */
  public int smallInteger(String name) throws MalformedLogException {
    long value = integer(name);
    if (value != (int) value) {
      throw new MalformedLogException(name + " must be a 32-bit integer: " + value);
    }
    return (int) value;
  }

  /** A decimal number. */
  public double decimal(String name) throws MalformedLogException {
    String value = text(name);
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new MalformedLogException(name + " must be a decimal number: " + value, e);
    }
  }

  /** A time in seconds since 1970. */
  public Instant instant(String name) throws MalformedLogException {
    try {
      return Instant.ofEpochSecond(integer(name));
    } catch (DateTimeException e) {
      throw new MalformedLogException(name + " must be a time: " + fields.get(name), e);
    }
  }

  /** Refuses fields that nobody took. */
  public void requireAllRead() throws MalformedLogException {
    if (!unread.isEmpty()) {
      throw new MalformedLogException(
          "entry must have no other field: " + unread.stream().sorted().toList());
    }
  }
}
