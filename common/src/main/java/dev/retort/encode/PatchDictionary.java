package dev.retort.encode;

import dev.retort.data.Samples;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Typical patches of public images: k-means on patches of normalised contrast, whitened (Coates, Lee and Ng 2011, sections
 * 3.1 and 3.2). Deterministic, whatever the count of threads, in arithmetic that every Java platform does alike;
 * immutable.
 */
final class PatchDictionary {

  private static final int MOST_PATCHES = 40_000;
  private static final int ITERATIONS = 10;

  /** Keeps flat patches flat: a tenth of the range of a pixel. */
  private static final double CONTRAST_FLOOR = 0.01;

  private static final double WHITENING_FLOOR = 0.1;

  private final int size;
  private final int atoms;
  private final float[] mean;
  private final float[] whitening;
  // Row d holds coordinate d of every atom, so that inner loops run over atoms.
  private final float[] transposed;
  private final float[] squares;

  /**
   * Learns from {@code images}, at least one.
   *
   * @param atoms how many patches to keep, at least 2; no more than there are patches to learn from
   */
  PatchDictionary(Samples images, int atoms) {
    PatchGrid grid = new PatchGrid(images.shape());
    size = grid.patchSize();
    SplittableRandom random = new SplittableRandom(0x5DEECE66DL);
    float[] patches = sample(images, grid, random);
    int count = patches.length / size;
    this.atoms = Math.min(atoms, count);
    mean = new float[size];
    whitening = learnWhitening(patches, mean);
    float[] white = new float[patches.length];
    IntStream.range(0, count).parallel().forEach(i -> whiten(patches, white, i * size));
    float[] found = cluster(white, random);
    transposed = new float[size * this.atoms];
    squares = new float[this.atoms];
    for (int k = 0; k < this.atoms; k++) {
      for (int d = 0; d < size; d++) {
        float value = found[k * size + d];
        transposed[d * this.atoms + k] = value;
        squares[k] += value * value;
      }
    }
  }

  /** The count of atoms. */
  int atoms() {
    return atoms;
  }

  /**
   * How much closer than on average {@code patch} lies to each atom, 0 for those farther away.
   *
   * @param patch a raw patch; overwritten
   * @param likeness one number an atom; overwritten
   */
  void likeness(float[] patch, float[] likeness) {
    normalise(patch, 0);
    float[] white = new float[size];
    whiten(patch, white, 0);
    float own = 0;
    Arrays.fill(likeness, 0);
    for (int d = 0; d < size; d++) {
      float value = white[d];
      own += value * value;
      addScaled(-2 * value, transposed, d * atoms, likeness);
    }
    float total = 0;
    for (int k = 0; k < atoms; k++) {
      likeness[k] = (float) Math.sqrt(Math.max(0, own + squares[k] + likeness[k]));
      total += likeness[k];
    }
    float average = total / atoms;
    for (int k = 0; k < atoms; k++) {
      likeness[k] = Math.max(0, average - likeness[k]);
    }
  }

  private float[] sample(Samples images, PatchGrid grid, SplittableRandom random) {
    long all = (long) images.count() * grid.rows() * grid.columns();
    int count = (int) Math.min(MOST_PATCHES, all);
    float[] patches = new float[count * size];
    float[] patch = new float[size];
    FloatBuffer image = FloatBuffer.allocate(images.shape().size());
    for (int i = 0; i < count; i++) {
      // Spread over the images in their order, at random places.
      int row = (int) ((long) i * images.count() / count);
      images.gather(new int[] {row}, 0, 1, image.clear());
      grid.read(image.array(), random.nextInt(grid.rows()), random.nextInt(grid.columns()), patch);
      System.arraycopy(patch, 0, patches, i * size, size);
      normalise(patches, i * size);
    }
    return patches;
  }

  /** Takes mean and contrast out of the patch at {@code at}. */
  private void normalise(float[] patches, int at) {
    double sum = 0;
    double squared = 0;
    for (int d = 0; d < size; d++) {
      sum += patches[at + d];
      squared += (double) patches[at + d] * patches[at + d];
    }
    double average = sum / size;
    double contrast = Math.sqrt(Math.max(0, squared / size - average * average) + CONTRAST_FLOOR);
    for (int d = 0; d < size; d++) {
      patches[at + d] = (float) ((patches[at + d] - average) / contrast);
    }
  }

  /** Fills in the mean, and returns the symmetric matrix that makes all directions alike. */
  private float[] learnWhitening(float[] patches, float[] average) {
    int count = patches.length / size;
    double[] sums = new double[size];
    for (int i = 0; i < patches.length; i++) {
      sums[i % size] += patches[i];
    }
    for (int d = 0; d < size; d++) {
      average[d] = (float) (sums[d] / count);
    }
    DenseMatrix centred = DenseMatrix.of(count, size, i -> patches[i] - average[i % size]);
    double[] weights = new double[count];
    Arrays.fill(weights, 1.0 / count);
    DenseMatrix.Eigen eigen = centred.transposeTimes(weights, centred).eigen();
    DenseMatrix scaled = DenseMatrix.of(
        size,
        size,
        i -> eigen.vectors().get(i / size, i % size)
            / Math.sqrt(Math.max(0, eigen.values()[i % size]) + WHITENING_FLOOR));
    float[] matrix = new float[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int k = 0; k < size; k++) {
          sum += scaled.get(i, k) * eigen.vectors().get(j, k);
        }
        matrix[i * size + j] = (float) sum;
      }
    }
    return matrix;
  }

  private void whiten(float[] patches, float[] white, int at) {
    for (int d = 0; d < size; d++) {
      float value = patches[at + d] - mean[d];
      for (int j = 0; j < size; j++) {
        white[at + j] += value * whitening[d * size + j];
      }
    }
  }

  private float[] cluster(float[] points, SplittableRandom random) {
    int count = points.length / size;
    float[] centres = new float[atoms * size];
    for (int k = 0; k < atoms; k++) {
      // One from each stretch: distinct points, spread over the images.
      int first = (int) ((long) k * count / atoms);
      int end = (int) ((long) (k + 1) * count / atoms);
      System.arraycopy(
          points, random.nextInt(first, Math.max(first + 1, end)) * size, centres, k * size, size);
    }
    int[] nearest = new int[count];
    for (int i = 0; i < ITERATIONS; i++) {
      assign(points, centres, nearest);
      move(points, nearest, centres);
    }
    return centres;
  }

  private void assign(float[] points, float[] centres, int[] nearest) {
    float[] across = new float[centres.length];
    float[] lengths = new float[atoms];
    for (int k = 0; k < atoms; k++) {
      for (int d = 0; d < size; d++) {
        across[d * atoms + k] = centres[k * size + d];
        lengths[k] += centres[k * size + d] * centres[k * size + d];
      }
    }
    IntStream.range(0, nearest.length).parallel().forEach(point -> {
      float[] distance = lengths.clone();
      for (int d = 0; d < size; d++) {
        addScaled(-2 * points[point * size + d], across, d * atoms, distance);
      }
      int best = 0;
      for (int k = 1; k < atoms; k++) {
        best = distance[k] < distance[best] ? k : best;
      }
      nearest[point] = best;
    });
  }

  private void move(float[] points, int[] nearest, float[] centres) {
    double[] sums = new double[centres.length];
    int[] counts = new int[atoms];
    for (int point = 0; point < nearest.length; point++) {
      counts[nearest[point]]++;
      for (int d = 0; d < size; d++) {
        sums[nearest[point] * size + d] += points[point * size + d];
      }
    }
    for (int i = 0; i < centres.length; i++) {
      // A centre that lost all its points stays where it is.
      if (counts[i / size] > 0) {
        centres[i] = (float) (sums[i] / counts[i / size]);
      }
    }
  }

  private static void addScaled(float factor, float[] source, int from, float[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * source[from + i];
    }
  }
}
