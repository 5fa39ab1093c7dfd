package dev.retort.cli;

import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleView;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.TeacherInput;
import dev.retort.node.teacher.UnsafeTeacherTap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every site's teachers and votes before the noise, which only a simulation may, and keeps the figures that
 * say how much the noise costs. Thread-safe.
 */
final class TeacherWatch implements UnsafeTeacherTap {

  private final SimulationData data;
  private final LabelledSamples test;
  private final long[] votes;
  private double accuracySum;
  private long teachers;

  /**
   * Watches over {@code data}.
   *
   * @param view what teachers' inputs are made of
   */
  TeacherWatch(SimulationData data, SampleView view) {
    this.data = data;
    this.test = view.of(data.test());
    this.votes =
        new long[Math.multiplyExact(data.transfer().count(), data.test().classes())];
  }

  @Override
  public synchronized void trained(
      String studyId, TrainedEnsemble ensemble, TeacherInput input, AnswerTable table) {
    int[] sums = table.sums();
    int classes = data.test().classes();
    for (int row = 0; row < table.count(); row++) {
      // Hints stand behind the labels, if there are any.
      for (int label = 0; label < classes; label++) {
        votes[row * classes + label] += sums[row * table.width() + label];
      }
    }
    accuracySum += rightShare(ensemble, input);
    for (int member = 0; member < ensemble.members(); member++) {
      teachers += ensemble.isPresent(member) ? 1 : 0;
    }
  }

  /** The sum of all present members' test accuracies. */
  private double rightShare(TrainedEnsemble ensemble, TeacherInput input) {
    LabelledSamples seen = input.of(test);
    LongAdder right = new LongAdder();
    try {
      ensemble.score(seen.samples(), 0, seen.count(), (member, firstRow, rows, logits) -> {
        int classes = logits.length / rows;
        for (int row = 0; row < rows; row++) {
          if (argMax(logits, row * classes, classes) == seen.label(firstRow + row)) {
            right.increment();
          }
        }
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return right.doubleValue() / seen.count();
  }

  /** The teachers' mean accuracy on the test records; null if none was seen. */
  synchronized @Nullable Double teacherAccuracyMean() {
    return teachers == 0 ? null : accuracySum / teachers;
  }

  /** The accuracy of all teachers' vote on the labelled public samples; null if nobody knows their labels. */
  synchronized @Nullable Double voteAccuracy() {
    LabelledSamples truth = data.transferLabels();
    if (truth == null || teachers == 0) {
      return null;
    }
    int classes = truth.classes();
    long right = 0;
    long asked = 0;
    for (int row = 0; row < truth.count(); row++) {
      int best = 0;
      long total = 0;
      for (int label = 0; label < classes; label++) {
        long value = votes[row * classes + label];
        total += value;
        if (value > votes[row * classes + best]) {
          best = label;
        }
      }
      if (total > 0) {
        asked++;
        right += best == truth.label(row) ? 1 : 0;
      }
    }
    return asked == 0 ? null : (Double) ((double) right / asked);
  }

  /** The area under the ROC curve of that vote; null likewise, and where it is not defined. */
  synchronized @Nullable Double voteAuc() {
    LabelledSamples truth = data.transferLabels();
    if (truth == null || teachers == 0 || truth.classes() != 2) {
      return null;
    }
    // Samples beyond the queries' limit have no votes.
    int[] asked = IntStream.range(0, truth.count())
        .filter(row -> votes[2 * row] + votes[2 * row + 1] > 0)
        .toArray();
    return RocArea.of(
        truth.subset(asked),
        i -> (double) votes[2 * asked[i] + 1] / (votes[2 * asked[i]] + votes[2 * asked[i] + 1]));
  }

  private static int argMax(float[] logits, int from, int classes) {
    int best = 0;
    for (int label = 1; label < classes; label++) {
      if (logits[from + label] > logits[from + best]) {
        best = label;
      }
    }
    return best;
  }
}
