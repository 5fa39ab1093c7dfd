package dev.retort.bench;

import java.util.ArrayList;
import java.util.List;

/** The rows, each with the settings that one seed of a search found best. */
final class BenchRows {

  private static final int SEEDS = 3;

  private BenchRows() {}

  /** Every row, {@code -local} and {@code -secure}. */
  static List<BenchRow> all() {
    List<BenchRow> rows = new ArrayList<>();
    for (String aggregation : List.of("local", "secure")) {
      rows.add(adult(aggregation));
      rows.add(heart(aggregation));
      rows.add(diabetes(aggregation));
      for (BenchDataset images : List.of(BenchDataset.MNIST, BenchDataset.FASHION_MNIST)) {
        for (String alpha : List.of("iid", "0.1", "0.01")) {
          rows.add(images(images, alpha, aggregation));
        }
      }
    }
    return List.copyOf(rows);
  }

  private static BenchRow adult(String aggregation) {
    return new BenchRow(
        "adult-" + aggregation,
        BenchDataset.ADULT,
        SEEDS,
        """
        study: adult
        task: { kind: classification, classes: ['<=50K', '>50K'] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, aggregation: %s }
        teachers: { perNode: %d, architecture: linear, epochs: 20, batchSize: 32, learningRate: 0.03 }
        student: { architecture: linear, epochs: 20, learningRate: 0.002 }
        """.formatted(aggregation, aggregation.equals("local") ? 50 : 10),
        List.of("--nodes", "50", "--ignore", "fnlwgt,education,native-country"));
  }

  private static BenchRow heart(String aggregation) {
    return new BenchRow(
        "heart-" + aggregation,
        BenchDataset.HEART,
        SEEDS,
        """
        study: heart
        task: { kind: classification, classes: [healthy, disease] }
        privacy: { epsilon: 4.0, delta: 1.0e-5, unit: patient, labelGrid: 2, aggregation: %s }
        teachers: { perNode: 80, architecture: linear, features: 8, epochs: 15, learningRate: 0.1 }
        student: { architecture: linear, epochs: 200, learningRate: 0.01 }
        """.formatted(aggregation),
        List.of("--nodes", "4", "--site", "hospital"));
  }

  private static BenchRow diabetes(String aggregation) {
    return new BenchRow(
        "diabetes130-" + aggregation,
        BenchDataset.DIABETES130,
        SEEDS,
        """
        study: diabetes
        task: { kind: classification, classes: [later, within30] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, unit: patient, labelGrid: 254, aggregation: %s }
        teachers: { perNode: 100, architecture: linear, features: 20, epochs: 7, learningRate: 0.05 }
        student: { architecture: linear, epochs: 20, learningRate: 0.002 }
        """.formatted(aggregation),
        List.of("--nodes", "10", "--unit", "patient_nbr"));
  }

  private static BenchRow images(BenchDataset dataset, String alpha, String aggregation) {
    List<String> arguments = new ArrayList<>(List.of("--nodes", "10"));
    if (!alpha.equals("iid")) {
      arguments.addAll(List.of("--dirichlet", alpha));
    }
    String name = dataset == BenchDataset.MNIST ? "mnist" : "fashion-mnist";
    return new BenchRow(
        name + "-" + alpha + "-" + aggregation,
        dataset,
        SEEDS,
        """
        study: %s
        task: { kind: classification, classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] }
        privacy: { epsilon: 1.0, delta: 1.0e-5, unit: image, aggregation: %s }
        teachers: { perNode: 100, architecture: linear, features: 64 }
        """.formatted(name, aggregation),
        arguments);
  }
}
