package dev.retort.cli;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
import dev.retort.label.IntegerLabel;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.teacher.TeacherVotes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A simulated site, with the shards and the teachers that a node would make of its records, to which canaries are added.
 *
 * @param engine trains
 * @param device on which it trains
 * @param architecture of every teacher
 * @param settings of every teacher
 * @param table the site's own records
 * @param key spreads units over shards
 * @param teachers how many shards there are
 */
record CanarySite(
    LearnEngine engine,
    ComputeDevice device,
    Architecture architecture,
    TrainingSettings settings,
    PrivateTable table,
    ShardKey key,
    int teachers) {

  /**
   * Records of one made-up unit.
   *
   * @param unit no unit of the site's
   * @param sample its one sample, by index among the canaries
   * @param label its label
   * @param records how many copies of it the unit has
   */
  record Canary(String unit, int sample, int label, int records) {}

  int classes() {
    return table.records().classes();
  }

  /** The site's records, and behind them those of {@code canaries}. */
  PrivateTable with(FloatSamples samples, List<Canary> canaries) {
    LabelledSamples own = table.records();
    List<Canary> records = canaries.stream()
        .flatMap(canary -> IntStream.range(0, canary.records()).mapToObj(copy -> canary))
        .toList();
    int[] rows = IntStream.range(0, own.count() + records.size())
        .map(row -> row < own.count()
            ? row
            : own.count() + records.get(row - own.count()).sample())
        .toArray();
    int[] labels = Arrays.copyOf(own.labels(), rows.length);
    List<String> units = new ArrayList<>(table.units());
    for (int i = 0; i < records.size(); i++) {
      labels[own.count() + i] = records.get(i).label();
      units.add(records.get(i).unit());
    }
    return new PrivateTable(
        new LabelledSamples(
            new CanaryRecords(own.samples(), samples).subset(rows), labels, own.classes()),
        units,
        List.of());
  }

  /** Trains as a node does: one teacher a shard. */
  TrainedEnsemble train(PrivateTable records, Progress progress) throws InterruptedException {
    return new TeacherVotes(engine, device)
        .train(
            architecture,
            records.records(),
            ShardAssignment.of(key, records.units(), teachers),
            settings,
            progress);
  }

  /**
   * Trains the teacher of one shard alone. It is the same as among all teachers, bit for bit, since a teacher is a
   * function of its own shard; the others are absent.
   */
  TrainedEnsemble trainOnly(int shard, PrivateTable records) throws InterruptedException {
    int[] rows = ShardAssignment.of(key, records.units(), teachers).rows()[shard];
    return train(records.subset(rows), Progress.silent());
  }

  /** A unit that no record has and that goes to each shard, in the order of the shards. */
  List<String> unitPerShard() {
    Set<String> taken = Set.copyOf(table.units());
    String[] units = new String[teachers];
    int missing = teachers;
    for (int first = 0; missing > 0; first += teachers) {
      List<String> names = IntStream.range(first, first + teachers)
          .mapToObj(i -> "canary-" + i)
          .filter(name -> !taken.contains(name))
          .toList();
      int[][] rows = ShardAssignment.of(key, names, teachers).rows();
      for (int shard = 0; shard < teachers; shard++) {
        if (units[shard] == null && rows[shard].length > 0) {
          units[shard] = names.get(rows[shard][0]);
          missing--;
        }
      }
    }
    return List.of(units);
  }

  /** Each teacher's integer labels of all samples, row-major, as {@link TeacherVotes#count} sums them. */
  int[][] labels(TrainedEnsemble ensemble, LabelGrid grid, Samples samples)
      throws InterruptedException {
    int classes = classes();
    int[][] labels = new int[teachers][samples.count() * classes];
    for (int member = 0; member < teachers; member++) {
      if (!ensemble.isPresent(member)) {
        for (int row = 0; row < samples.count(); row++) {
          put(labels[member], row, IntegerLabel.uniform(grid, classes, row));
        }
      }
    }
    ensemble.score(samples, 0, samples.count(), (member, firstRow, rows, logits) -> {
      for (int row = 0; row < rows; row++) {
        put(
            labels[member],
            firstRow + row,
            IntegerLabel.fromLogits(grid, logits, row * classes, classes, firstRow + row));
      }
    });
    return labels;
  }

  private static void put(int[] labels, int row, int[] label) {
    System.arraycopy(label, 0, labels, row * label.length, label.length);
  }

  /** The class that a label, at {@code from}, holds least likely. */
  static int leastLikely(int[] labels, int from, int classes) {
    int least = 0;
    for (int c = 1; c < classes; c++) {
      if (labels[from + c] < labels[from + least]) {
        least = c;
      }
    }
    return least;
  }
}
