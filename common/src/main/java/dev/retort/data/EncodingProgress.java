package dev.retort.data;

/** Told how far the texts of a table are encoded. */
@FunctionalInterface
public interface EncodingProgress {

  /** Called now and then, {@code texts} rising, by the reading thread: be quick. */
  void encoded(long texts);

  /** Tells nobody. */
  static EncodingProgress silent() {
    return texts -> {};
  }
}
