package dev.retort.data;

/** A table schema that cannot be read: not YAML or JSON, an unknown or missing key, or a value against its rule. */
public final class MalformedSchemaException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedSchemaException(String message) {
    super(message);
  }
}
