package dev.retort.coordinator.student;

import dev.retort.data.Samples;
import dev.retort.encode.DenseMatrix;
import dev.retort.encode.GradientHistograms;
import dev.retort.encode.PublicPca;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Functions on the public samples, smoothest first: what labels are likely to be a combination of. Computed from public
 * samples alone.
 *
 * @param name for reports, such as {@code graph}
 * @param functions one function a column, orthonormal over the samples
 * @param roughness of each function, at least 0, rising
 */
@SuppressWarnings("ArrayRecordComponent") // used within this package, and never compared
record PublicBasis(String name, DenseMatrix functions, double[] roughness) {

  private static final String GRAPH = "neighbour graph";
  private static final String OF_VIEW = " of ";
  private static final int COMPONENTS = 50;
  private static final int EIGENVECTORS = 128;
  private static final int NEIGHBOURS = 10;

  /** Beyond this the search for neighbours, quadratic in the samples, takes minutes. */
  private static final int MOST_GRAPH_SAMPLES = 60_000;

  /**
   * Of tables the graph is worth its search only where it is cheap: on those of census and hospital records that were
   * measured, the labels chose principal components.
   */
  private static final int MOST_TABLE_GRAPH_SAMPLES = 4_000;

  /** Makes 1 - eigenvalue of order one where clusters end. */
  private static final double GRAPH_ROUGHNESS = 16;

  /**
   * The bases that the labels choose from. For images that is the graph alone: principal components predict weak
   * teachers' mistakes as well as their insight, and so win on evidence what they lose on accuracy.
   */
  static List<PublicBasis> of(Samples samples) {
    boolean images = samples.shape().isImage();
    DenseMatrix described = described(samples);
    List<PublicBasis> bases = new ArrayList<>();
    int most = images ? MOST_GRAPH_SAMPLES : MOST_TABLE_GRAPH_SAMPLES;
    if (samples.count() <= most && samples.count() > 2 * NEIGHBOURS) {
      bases.add(graph(described));
    }
    if (!images || bases.isEmpty()) {
      bases.add(principal(described));
    }
    return bases;
  }

  /** The principal coordinates in which samples are near each other that are likely to be labelled alike. */
  static DenseMatrix described(Samples samples) {
    Samples read = samples.shape().isImage() ? new GradientHistograms(samples) : samples;
    return new PublicPca(read, COMPONENTS).coordinates(read);
  }

  /** The same functions under another name. */
  PublicBasis named(String other) {
    return new PublicBasis(other, functions, roughness);
  }

  /** The same functions, said to be of one view of the samples. */
  PublicBasis ofView(String view) {
    return named(name + OF_VIEW + view);
  }

  /** Whether this is of the neighbour graph. */
  boolean isGraph() {
    return name.equals(GRAPH) || name.startsWith(GRAPH + OF_VIEW);
  }

  /**
   * Class shares made alike among neighbours: their projection on the functions, each damped by its roughness, with
   * what falls below 0 cut off and each row made to sum to 1 again.
   */
  DenseMatrix smoothed(DenseMatrix shares) {
    double[] ones = new double[shares.rows()];
    Arrays.fill(ones, 1);
    DenseMatrix coefficients = functions.transposeTimes(ones, shares);
    for (int k = 0; k < roughness.length; k++) {
      for (int c = 0; c < shares.columns(); c++) {
        coefficients.set(k, c, coefficients.get(k, c) * Math.exp(-roughness[k]));
      }
    }
    DenseMatrix smooth = functions.times(coefficients);
    for (int row = 0; row < smooth.rows(); row++) {
      double total = 0;
      for (int c = 0; c < smooth.columns(); c++) {
        smooth.set(row, c, Math.max(0, smooth.get(row, c)));
        total += smooth.get(row, c);
      }
      for (int c = 0; c < smooth.columns(); c++) {
        smooth.set(row, c, total > 0 ? smooth.get(row, c) / total : shares.get(row, c));
      }
    }
    return smooth;
  }

  private static PublicBasis graph(DenseMatrix points) {
    DenseMatrix.Eigen eigen =
        SampleGraph.of(points, NEIGHBOURS).leading(Math.min(EIGENVECTORS, points.rows() / 4));
    double[] roughness = Arrays.stream(eigen.values())
        .map(v -> GRAPH_ROUGHNESS * Math.max(0, 1 - v))
        .toArray();
    return new PublicBasis(GRAPH, eigen.vectors(), roughness);
  }

  private static PublicBasis principal(DenseMatrix points) {
    double[] energy = new double[points.columns()];
    for (int row = 0; row < points.rows(); row++) {
      for (int k = 0; k < energy.length; k++) {
        energy[k] += points.get(row, k) * points.get(row, k);
      }
    }
    int kept = 0;
    while (kept < energy.length && energy[kept] > 1e-9 * energy[0]) {
      kept++;
    }
    int columns = kept;
    DenseMatrix functions = DenseMatrix.of(
        points.rows(),
        columns,
        i -> points.get(i / columns, i % columns) / Math.sqrt(energy[i % columns]));
    double[] roughness = new double[columns];
    for (int k = 0; k < columns; k++) {
      roughness[k] = Math.max(0, Math.log(energy[0] / energy[k]));
    }
    return new PublicBasis("principal components", functions, roughness);
  }
}
