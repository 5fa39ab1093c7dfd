package dev.retort.data;

/** How one number of a sample is stored. */
public enum ElementType {
  /** One unsigned byte, read as value / 255. */
  U8("u8", 1),
  /** A finite IEEE 754 single, little-endian. */
  F32("f32", Float.BYTES);

  private final String text;
  private final int bytes;

  ElementType(String text, int bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /** As written in manifests. */
  public String text() {
    return text;
  }

  /** The count of bytes of one number. */
  public int bytes() {
    return bytes;
  }
}
