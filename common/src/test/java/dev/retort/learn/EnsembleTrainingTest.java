package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnsembleTrainingTest {

  private static final int CLASSES = 4;
  private static final TrainingSettings SETTINGS = new TrainingSettings(6, 8, 3e-3, 42);

  private final LabelledSamples data = Toy.blobs(Toy.IMAGE, CLASSES, 600, 1);
  private final ComputeDevice device = ComputeDevice.cpu();

  private static final int[] SIZES = {24, 17, 0, 8, 31, 3, 24, 24, 25, 16, 9};

  /** Shards of uneven sizes, one of them empty and one smaller than a batch. */
  private static int[][] shards() {
    int[][] shards = new int[SIZES.length][];
    int next = 0;
    for (int j = 0; j < SIZES.length; j++) {
      shards[j] = new int[SIZES[j]];
      for (int i = 0; i < SIZES[j]; i++) {
        shards[j][i] = next++;
      }
    }
    return shards;
  }

  private TrainedEnsemble train(String architecture, int[][] shards, int threads)
      throws InterruptedException {
    return new EnsembleTraining(LearnEngine.start(threads), device)
        .train(Toy.architecture(architecture), data, shards, SETTINGS, Progress.silent());
  }

  private static void assertSame(TrainedEnsemble a, TrainedEnsemble b) {
    assertThat(a.members()).isEqualTo(b.members());
    for (int j = 0; j < a.members(); j++) {
      assertThat(a.isPresent(j)).isEqualTo(b.isPresent(j));
      if (a.isPresent(j)) {
        assertThat(a.network(j)).as("teacher %d", j).isEqualTo(b.network(j));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-16", "mlp-12-8", "cnn-small"})
  void train_oneOrTwoThreads_givesTheSameBits(String architecture) throws InterruptedException {
    assertSame(train(architecture, shards(), 1), train(architecture, shards(), 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-16", "cnn-small"})
  void train_anotherShardChanges_leavesEveryOtherTeacherTheSameToTheBit(String architecture)
      throws InterruptedException {
    TrainedEnsemble before = train(architecture, shards(), 2);
    int changed = 4;
    for (int[] replacement : new int[][] {
      new int[0],
      range(300, 1),
      range(300, 150),
      Arrays.copyOf(shards()[changed], SIZES[changed] - 1)
    }) {
      int[][] shards = shards();
      shards[changed] = replacement;
      TrainedEnsemble after = train(architecture, shards, 2);
      for (int j = 0; j < SIZES.length; j++) {
        if (j != changed && before.isPresent(j)) {
          assertThat(after.network(j)).as("teacher %d", j).isEqualTo(before.network(j));
        }
      }
    }
  }

  @Test
  void train_batchedOrOneByOne_givesTheSameTeachers() throws InterruptedException {
    Architecture architecture = Toy.architecture("mlp-16");
    EnsembleTraining training = new EnsembleTraining(LearnEngine.start(1), device);
    TrainedEnsemble batched =
        training.train(architecture, data, shards(), SETTINGS, Progress.silent(), 11);
    TrainedEnsemble alone =
        training.train(architecture, data, shards(), SETTINGS, Progress.silent(), 1);
    for (int j = 0; j < SIZES.length; j++) {
      if (alone.isPresent(j)) {
        for (Tensor tensor : alone.network(j).tensors()) {
          assertThat(batched.network(j).tensor(tensor.name()).array())
              .as("teacher %d %s", j, tensor)
              .usingComparatorWithPrecision(2e-5f)
              .containsExactly(tensor.array());
        }
      }
    }
  }

  @Test
  void train_emptyShard_givesNoTeacher() throws InterruptedException {
    TrainedEnsemble ensemble = train("mlp-16", shards(), 2);
    assertThat(ensemble.members()).isEqualTo(SIZES.length);
    for (int j = 0; j < SIZES.length; j++) {
      assertThat(ensemble.isPresent(j)).isEqualTo(SIZES[j] > 0);
    }
    assertThatThrownBy(() -> ensemble.network(2)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void train_allShardsEmpty_givesNoTeachers() throws InterruptedException {
    TrainedEnsemble ensemble = train("linear", new int[5][0], 2);
    ensemble.score(data.samples(), 0, 10, (member, first, rows, logits) -> {
      throw new AssertionError("no member is present");
    });
    assertThat(ensemble.isPresent(4)).isFalse();
  }

  @Test
  void train_sharedOrForeignRow_isRefusedWithoutNamingIt() {
    for (int[][] shards : new int[][][] {{{7, 8}, {8}}, {{600}}, {{-1}}, {}}) {
      assertThatThrownBy(() -> train("linear", shards, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("shards must be");
    }
  }

  @Test
  void train_progress_risesToTheCountOfShards() throws InterruptedException {
    List<Integer> seen = new ArrayList<>();
    new EnsembleTraining(LearnEngine.start(2), device)
        .train(Toy.architecture("linear"), data, shards(), SETTINGS, (done, total) -> {
          assertThat(total).isEqualTo(SIZES.length);
          seen.add(done);
        });
    assertThat(seen).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void train_interrupted_stops() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> train("cnn-small", shards(), 2))
        .isInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-16", "mlp-12-8", "cnn-small"})
  void score_allTeachers_agreesWithScoringEachAlone(String architecture)
      throws InterruptedException {
    TrainedEnsemble ensemble = train(architecture, shards(), 2);
    LearnEngine engine = LearnEngine.start(1);
    List<Integer> members = new ArrayList<>();
    Samples samples = data.samples();
    ensemble.score(samples, 20, 530, (member, first, rows, logits) -> {
      members.add(member);
      assertThat(first).isEqualTo(20);
      assertThat(rows).isEqualTo(530);
      try (NetworkScorer scorer = NetworkScorer.open(engine, device, ensemble.network(member))) {
        assertThat(logits)
            .usingComparatorWithPrecision(1e-4f)
            .containsExactly(scorer.logits(samples, 20, 530));
      }
    });
    assertThat(members).containsExactly(0, 1, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void train_enoughRecords_learnsTheClasses() throws InterruptedException {
    TrainedEnsemble ensemble = train("mlp-16", new int[][] {range(0, 200), range(200, 200)}, 2);
    LabelledSamples fresh = Toy.blobs(Toy.IMAGE, CLASSES, 300, 2);
    try (NetworkScorer scorer =
        NetworkScorer.open(LearnEngine.start(1), device, ensemble.network(1))) {
      assertThat(scorer.accuracy(fresh)).isCloseTo(1, within(0.05));
    }
  }

  private static int[] range(int first, int count) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = first + i;
    }
    return rows;
  }
}
