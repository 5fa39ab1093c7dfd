package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.privacy.Zcdp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Takes the fields of one entry by name and type, and knows which were never taken. */
final class FieldReader {

  private final Map<String, String> fields;
  private final Set<String> unread;

  FieldReader(SortedMap<String, String> fields) {
    this.fields = fields;
    this.unread = new HashSet<>(fields.keySet());
  }

  String text(String name) throws MalformedLedgerException {
    String value = fields.get(name);
    if (value == null) {
      throw new MalformedLedgerException("entry must have the field " + name);
    }
    unread.remove(name);
    return value;
  }

  /** What follows {@code prefix} in the names of fields that begin with it, ascending. */
  List<String> suffixes(String prefix) {
    return fields.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .sorted()
        .toList();
  }

  void constant(String name, String wanted) throws MalformedLedgerException {
    if (!text(name).equals(wanted)) {
      throw new MalformedLedgerException(name + " must be " + wanted + ": " + fields.get(name));
    }
  }

  Digest digest(String name) throws MalformedLedgerException {
    try {
      return new Digest(text(name));
    } catch (IllegalArgumentException e) {
      throw new MalformedLedgerException(name + " must be a digest: " + fields.get(name), e);
    }
  }

  long integer(String name) throws MalformedLedgerException {
    String value = text(name);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new MalformedLedgerException(name + " must be a 64-bit integer: " + value, e);
    }
  }

  int smallInteger(String name) throws MalformedLedgerException {
    long value = integer(name);
    if (value != (int) value) {
      throw new MalformedLedgerException(name + " must be a 32-bit integer: " + value);
    }
    return (int) value;
  }

  double decimal(String name) throws MalformedLedgerException {
    String value = text(name);
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new MalformedLedgerException(name + " must be a decimal number: " + value, e);
    }
  }

  Zcdp zcdp(String name) throws MalformedLedgerException {
    return new Zcdp(integer(name));
  }

  Instant instant(String name) throws MalformedLedgerException {
    try {
      return Instant.ofEpochSecond(integer(name));
    } catch (DateTimeException e) {
      throw new MalformedLedgerException(name + " must be a time: " + fields.get(name), e);
    }
  }

  void requireAllRead() throws MalformedLedgerException {
    if (!unread.isEmpty()) {
      throw new MalformedLedgerException(
          "entry must have no other field: " + unread.stream().sorted().toList());
    }
  }
}
