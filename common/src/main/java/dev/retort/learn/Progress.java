package dev.retort.learn;

/** Told how far a training is. */
@FunctionalInterface
public interface Progress {

  /**
   * Called after each epoch (one network) or each teacher (an ensemble), one call at a time, {@code done} rising, by a
   * training thread: be quick.
   *
   * @param done epochs or teachers done
   * @param total epochs or teachers in all
   */
  void advanced(int done, int total);

  /** Tells nobody. */
  static Progress silent() {
    return (done, total) -> {};
  }
}
