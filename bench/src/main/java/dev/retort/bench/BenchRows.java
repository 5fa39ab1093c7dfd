package dev.retort.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rows, each with the settings that one seed of a search found best. */
final class BenchRows {

  private static final int SEEDS = 3;

  private BenchRows() {}

  /** How sites answer: votes with local or secure noise, or class sums in a secure sum, once or twice. */
  private enum Way {
    LOCAL("local", "aggregation: local, labelGrid: %d", 1),
    SECURE("secure", "aggregation: secure, labelGrid: %d", 1),
    SUMS("sums", "aggregation: secure, mechanism: class-sums", 1),
    ROUNDS("rounds", "aggregation: secure, mechanism: class-sums", 2);

    private final String word;
    private final String privacy;
    private final int rounds;

    Way(String word, String privacy, int rounds) {
      this.word = word;
      this.privacy = privacy;
      this.rounds = rounds;
    }

    String queries() {
      return "{ rounds: " + rounds + " }";
    }

    /** Whether public samples are labelled. */
    boolean labels() {
      return this == LOCAL || this == SECURE;
    }

    String privacy(int labelGrid) {
      return String.format(Locale.ROOT, privacy, labelGrid);
    }
  }

  /** Every row, {@code -local}, {@code -secure}, {@code -sums} and {@code -rounds}. */
  static List<BenchRow> all() {
    List<BenchRow> rows = new ArrayList<>();
    for (Way way : Way.values()) {
      rows.add(adult(way));
      rows.add(heart(way));
      rows.add(diabetes(way));
      for (BenchDataset images : List.of(BenchDataset.MNIST, BenchDataset.FASHION_MNIST)) {
        for (String alpha : List.of("iid", "0.1", "0.01")) {
          rows.add(images(images, alpha, way));
        }
      }
    }
    return List.copyOf(rows);
  }

  private static BenchRow adult(Way way) {
    return new BenchRow(
        "adult-" + way.word,
        BenchDataset.ADULT,
        SEEDS,
        """
        study: adult
        task: { kind: classification, classes: ['<=50K', '>50K'] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, %s }
        queries: %s
        teachers: { perNode: %d, architecture: linear, epochs: 20, batchSize: 32, learningRate: 0.03 }
        student: { architecture: linear, epochs: 20, learningRate: 0.002 }
        """.formatted(way.privacy(1), way.queries(), way == Way.LOCAL ? 50 : 10),
        List.of("--nodes", "50", "--ignore", "fnlwgt,education,native-country"));
  }

  private static BenchRow heart(Way way) {
    return new BenchRow(
        "heart-" + way.word,
        BenchDataset.HEART,
        SEEDS,
        """
        study: heart
        task: { kind: classification, classes: [healthy, disease] }
        privacy: { epsilon: 4.0, delta: 1.0e-5, unit: patient, %s }
        queries: %s
        teachers: { perNode: 80, architecture: linear, features: 8, epochs: 15, learningRate: 0.1 }
        student: { architecture: linear, epochs: 200, learningRate: 0.01 }
        """.formatted(way.privacy(2), way.queries()),
        List.of("--nodes", "4", "--site", "hospital"));
  }

  private static BenchRow diabetes(Way way) {
    return new BenchRow(
        "diabetes130-" + way.word,
        BenchDataset.DIABETES130,
        SEEDS,
        """
        study: diabetes
        task: { kind: classification, classes: [later, within30] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, unit: patient, %s }
        queries: %s
        teachers: { perNode: 100, architecture: linear, features: 20, epochs: 7, learningRate: 0.05 }
        student: { architecture: linear, epochs: 20, learningRate: 0.002 }
        """.formatted(way.privacy(254), way.queries()),
        List.of("--nodes", "10", "--unit", "patient_nbr"));
  }

  private static BenchRow images(BenchDataset dataset, String alpha, Way way) {
    List<String> arguments = new ArrayList<>(List.of("--nodes", "10"));
    if (!alpha.equals("iid")) {
      arguments.addAll(List.of("--dirichlet", alpha));
    }
    String name = dataset == BenchDataset.MNIST ? "mnist" : "fashion-mnist";
    return new BenchRow(
        name + "-" + alpha + "-" + way.word,
        dataset,
        SEEDS,
        """
        study: %s
        task: { kind: classification, classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, unit: image, %s }
        queries: %s
        teachers: { perNode: 100, architecture: linear, features: 64 }
        student: { classShares: %s }
        """.formatted(name, way.privacy(1), way.queries(), way.labels() ? "even" : "labels"),
        arguments);
  }
}
