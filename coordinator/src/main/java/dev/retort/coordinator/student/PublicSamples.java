package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import dev.retort.plan.StudyViews;
import java.util.ArrayList;
import java.util.List;

/**
 * The public samples as each side of a study sees them.
 *
 * @param teachers as sites' answers come from them
 * @param student as the student reads them; the same samples in the same order
 */
public record PublicSamples(Samples teachers, Samples student) {

  public PublicSamples {
    if (teachers.count() != student.count()) {
      throw new IllegalArgumentException(
          "student must be of " + teachers.count() + " samples, as teachers: " + student.count());
    }
  }

  /** Samples of which everybody sees all. */
  public static PublicSamples seenWhole(Samples samples) {
    return new PublicSamples(samples, samples);
  }

  /** Whole samples, of which each side sees its view. */
  public static PublicSamples of(Samples whole, StudyViews views) {
    return views.isOne()
        ? seenWhole(views.teachers().of(whole))
        : new PublicSamples(views.teachers().of(whole), views.student().of(whole));
  }

  /** The count of samples. */
  public int count() {
    return teachers.count();
  }

  /**
   * What labels are likely to be a combination of: functions of what teachers see, since they are all that answers know;
   * and of what the student reads, where that is another view, since they are all that it can learn.
   */
  List<PublicBasis> bases() {
    List<PublicBasis> bases = PublicBasis.of(teachers);
    if (teachers.equals(student)) {
      return bases;
    }
    List<PublicBasis> both = new ArrayList<>();
    bases.forEach(basis -> both.add(basis.ofView("the teachers' view")));
    PublicBasis.of(student).forEach(basis -> both.add(basis.ofView("the student's view")));
    return both;
  }
}
