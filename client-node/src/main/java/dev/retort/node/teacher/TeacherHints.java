package dev.retort.node.teacher;

import dev.retort.data.Samples;
import dev.retort.label.FixedPointFeatures;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.HiddenProjection;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.TrainedEnsemble;

/**
 * Makes hints of what teachers' hidden layers say of the transfer samples: how far a hidden layer has moved from that of
 * the public network from which all teachers began, in a public projection and in units of a public length, clipped to
 * one L2 norm. Nothing here but a teacher's own answer depends on private records. Immutable and safe for use by several
 * threads.
 */
public final class TeacherHints {

  private final HiddenProjection projection;
  private final int norm;
  private final float[] before;
  private final float length;

  private TeacherHints(HiddenProjection projection, int norm, float[] before, float length) {
    this.projection = projection;
    this.norm = norm;
    this.before = before;
    this.length = length;
  }

  /**
   * Learns what the public network says of the first {@code limit} samples. The unit of hints is the root mean square of
   * the length of that: a hint is clipped where a teacher has moved by more than a typical answer's whole length.
   *
   * @param initial the public network that every teacher began as
   * @param projection of its hidden layer
   * @param norm the L2 norm of a hint at most, in grid units
   */
  public static TeacherHints of(
      LearnEngine engine,
      ComputeDevice device,
      Network initial,
      HiddenProjection projection,
      int norm,
      Samples transfer,
      int limit)
      throws InterruptedException {
    int dimensions = projection.dimensions();
    int classes = initial.classes();
    float[] before = new float[Math.multiplyExact(limit, dimensions)];
    TrainedEnsemble.of(engine, device, initial)
        .scoreWithHidden(projection, transfer, 0, limit, (member, firstRow, rows, answers) -> {
          for (int row = 0; row < rows; row++) {
            System.arraycopy(
                answers,
                row * (classes + dimensions) + classes,
                before,
                (firstRow + row) * dimensions,
                dimensions);
          }
        });
    double squares = 0;
    for (float each : before) {
      squares += (double) each * each;
    }
    float length = (float) Math.sqrt(squares / limit);
    // Where the public network says nothing of any sample, any unit does.
    return new TeacherHints(projection, norm, before, length > 0 ? length : 1);
  }

  /** The projection by which answers must have been made. */
  HiddenProjection projection() {
    return projection;
  }

  /**
   * The hint of one teacher about sample {@code sample}; the zero vector if its hidden layer is not finite.
   *
   * @param answers where from {@code from} on its projected hidden layer stands
   * @return integers whose squares sum to at most norm^2
   */
  int[] of(float[] answers, int from, int sample) {
    int dimensions = projection.dimensions();
    float[] moved = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      moved[i] = (answers[from + i] - before[sample * dimensions + i]) / length;
    }
    return FixedPointFeatures.clip(moved, 0, dimensions, norm, norm);
  }
}
