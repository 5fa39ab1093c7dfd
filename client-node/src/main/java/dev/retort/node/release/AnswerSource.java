package dev.retort.node.release;

/** The exact answer to one release request: private until noise is added. */
@FunctionalInterface
public interface AnswerSource {

  /**
   * The sum of all teachers' integer rows for the samples asked for, without noise: {@code count * width} integers,
   * row-major, as the request's mechanism has them. Called at most once a release, and only after its charge is durable.
   */
  int[] histogram();
}
