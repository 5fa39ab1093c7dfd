package dev.retort.bench;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.EnsembleTraining;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The noise-free votes of teachers on public samples, trained once and kept in a file: a study of students draws fresh
 * noise over the same votes as often as it likes. Private data: never for anything but measurements.
 *
 * @param counts of the teachers that name each class, samples by classes
 * @param teachers how many voted on each sample
 */
@SuppressWarnings("ArrayRecordComponent") // used within this package, and never compared
record TeacherVotes(int[][] counts, int teachers) {

  /**
   * Reads the votes from {@code file}, or trains the teachers and writes it.
   *
   * @param records the private records, dealt round robin
   * @param asked the public samples, as the teachers read them
   */
  static TeacherVotes of(
      Path file,
      LearnEngine engine,
      Architecture architecture,
      TrainingSettings settings,
      int teachers,
      LabelledSamples records,
      Samples asked)
      throws IOException, InterruptedException {
    int classes = records.classes();
    if (!Files.exists(file)) {
      int[][] counts =
          trained(engine, architecture, settings, teachers, records).apply(asked, classes);
      ByteBuffer bytes = ByteBuffer.allocate(counts.length * classes * Integer.BYTES);
      for (int[] row : counts) {
        bytes.asIntBuffer().put(row);
        bytes.position(bytes.position() + classes * Integer.BYTES);
      }
      Files.write(file, bytes.array());
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    int[][] counts = new int[asked.count()][classes];
    for (int[] row : counts) {
      bytes.asIntBuffer().get(row);
      bytes.position(bytes.position() + classes * Integer.BYTES);
    }
    return new TeacherVotes(counts, teachers);
  }

  private interface Voters {
    int[][] apply(Samples asked, int classes);
  }

  private static Voters trained(
      LearnEngine engine,
      Architecture architecture,
      TrainingSettings settings,
      int teachers,
      LabelledSamples records)
      throws InterruptedException {
    int[][] shards = new int[teachers][];
    for (int teacher = 0; teacher < teachers; teacher++) {
      shards[teacher] = new int[(records.count() - teacher + teachers - 1) / teachers];
      for (int i = 0; i < shards[teacher].length; i++) {
        shards[teacher][i] = teacher + i * teachers;
      }
    }
    TrainedEnsemble ensemble = new EnsembleTraining(engine, ComputeDevice.cpu())
        .train(architecture, records, shards, settings, Progress.silent());
    return (asked, classes) -> {
      int[][] counts = new int[asked.count()][classes];
      try {
        ensemble.score(asked, 0, asked.count(), (member, firstRow, rows, logits) -> {
          for (int row = 0; row < rows; row++) {
            counts[firstRow + row][largest(logits, row * classes, classes)]++;
          }
        });
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return counts;
    };
  }

  private static int largest(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = logits[from + c] > logits[from + best] ? c : best;
    }
    return best;
  }

  /** The share of {@code labels} that most teachers name. */
  double accuracy(int[] labels) {
    int right = 0;
    for (int row = 0; row < counts.length; row++) {
      int best = 0;
      for (int c = 1; c < counts[row].length; c++) {
        best = counts[row][c] > counts[row][best] ? c : best;
      }
      right += best == labels[row] ? 1 : 0;
    }
    return (double) right / counts.length;
  }

  /** The share of single votes that name the right label. */
  double meanTeacherAccuracy(int[] labels) {
    long right = 0;
    for (int row = 0; row < counts.length; row++) {
      right += counts[row][labels[row]];
    }
    return (double) right / counts.length / teachers;
  }
}
