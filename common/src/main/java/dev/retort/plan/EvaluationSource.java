package dev.retort.plan;

import org.jspecify.annotations.Nullable;

/**
 * Labelled records on the coordinator's machine against which the student is scored: an IDX pair or a CSV table. They
 * stand beside the plan, not in it, since nothing of them concerns a site.
 *
 * @param images path of an IDX image file, with {@code labels}
 * @param labels path of an IDX label file, with {@code images}
 * @param table path of a CSV file, in place of the other two
 */
public record EvaluationSource(
    @Nullable String images,
    @Nullable String labels,
    @Nullable String table) {

  public EvaluationSource {
    boolean pair = images != null && labels != null && table == null;
    boolean single = images == null && labels == null && table != null;
    if (!pair && !single) {
      throw new IllegalArgumentException("evaluation must be images and labels, or table alone");
    }
  }

  /** What the model card calls it: the file's name without its directories. */
  public String name() {
    String path = images != null ? images : String.valueOf(table);
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
