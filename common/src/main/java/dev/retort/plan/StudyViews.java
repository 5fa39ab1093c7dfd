package dev.retort.plan;

import dev.retort.config.InvalidConfigException;
import dev.retort.data.SampleView;
import dev.retort.data.TableSchema;
import dev.retort.data.UnknownViewException;
import org.jspecify.annotations.Nullable;

/**
 * What each side of a study sees of a sample.
 *
 * @param teachers what sites' answers come from, teachers' or class sums'
 * @param student what the student reads
 */
public record StudyViews(SampleView teachers, SampleView student) {

  /**
   * The views that a plan names.
   *
   * @param schema of the transfer set; null for images
   * @throws InvalidConfigException naming the key and the views that there are
   */
  public static StudyViews of(StudyPlan plan, @Nullable TableSchema schema)
      throws InvalidConfigException {
    SampleView teachers = view("teachers.view", schema, plan.teachers().view());
    return new StudyViews(
        teachers,
        plan.student().view().equals(plan.teachers().view())
            ? teachers
            : view("student.view", schema, plan.student().view()));
  }

  /** Whether both sides see the same. */
  public boolean isOne() {
    return teachers.equals(student);
  }

  private static SampleView view(String key, @Nullable TableSchema schema, String name)
      throws InvalidConfigException {
    try {
      return SampleView.of(schema, name);
    } catch (UnknownViewException e) {
      throw new InvalidConfigException(key + " " + e.getMessage());
    }
  }
}
