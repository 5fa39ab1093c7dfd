package dev.retort.data;

/** Told how far the texts and images of a table are encoded. */
@FunctionalInterface
public interface EncodingProgress {

  /** Called now and then, {@code cells} rising, by the reading thread: be quick. */
  void encoded(long cells);

  /** Tells nobody. */
  static EncodingProgress silent() {
    return cells -> {};
  }
}
