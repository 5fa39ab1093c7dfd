package dev.retort.learn;

import dev.retort.data.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How a student's training varies its public samples: the same target is learnt from another view of a sample at every
 * pass, so that the student is consistent over views (Sohn and others 2020, section 2, with the targets in the place of
 * pseudo-labels).
 */
public sealed interface Augmentation
    permits Augmentation.None,
        Augmentation.Warp,
        Augmentation.Cutout,
        Augmentation.Then,
        SwapNoise {

  /** Samples as they are. */
  record None() implements Augmentation {

    @Override
    public void vary(float[] batch, int count, SampleShape shape, SplittableRandom random) {
      // As they are.
    }
  }

  /**
   * Images turned, scaled and shifted at random, uniformly within bounds and bilinearly, their edges drawn out.
   *
   * @param shift the largest share of the side, in [0, 0.5]
   * @param scale the largest relative change of size, in [0, 0.5]
   * @param radians the largest angle, in [0, pi]
   */
  record Warp(double shift, double scale, double radians) implements Augmentation {

    public Warp {
      requireWithin("shift", shift, 0.5);
      requireWithin("scale", scale, 0.5);
      requireWithin("radians", radians, Math.PI);
    }

    @Override
    public void vary(float[] batch, int count, SampleShape shape, SplittableRandom random) {
      float[] image = new float[shape.size()];
      for (int row = 0; row < count; row++) {
        System.arraycopy(batch, row * image.length, image, 0, image.length);
        warp(image, batch, row * image.length, shape, random);
      }
    }

    private void warp(
        float[] from, float[] to, int offset, SampleShape shape, SplittableRandom random) {
      int height = shape.dimensions().get(1);
      int width = shape.dimensions().get(2);
      double turn = radians * symmetric(random);
      double size = 1 / (1 + scale * symmetric(random));
      double cos = Math.cos(turn) * size;
      double sin = Math.sin(turn) * size;
      double middleY = (height - 1) / 2.0;
      double middleX = (width - 1) / 2.0;
      double fromY = middleY + shift * height * symmetric(random);
      double fromX = middleX + shift * width * symmetric(random);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double sourceY = fromY + cos * (y - middleY) - sin * (x - middleX);
          double sourceX = fromX + sin * (y - middleY) + cos * (x - middleX);
          for (int plane = 0; plane < from.length; plane += height * width) {
            to[offset + plane + y * width + x] =
                (float) at(from, plane, height, width, sourceY, sourceX);
          }
        }
      }
    }

    /** The image between pixels; beyond its edges, the nearest pixel. */
    private static double at(
        float[] image, int plane, int height, int width, double sourceY, double sourceX) {
      double y = Math.max(0, Math.min(height - 1, sourceY));
      double x = Math.max(0, Math.min(width - 1, sourceX));
      int top = (int) y;
      int left = (int) x;
      int below = plane + Math.min(top + 1, height - 1) * width;
      int above = plane + top * width;
      int right = Math.min(left + 1, width - 1);
      double down = y - top;
      double across = x - left;
      return (1 - down) * ((1 - across) * image[above + left] + across * image[above + right])
          + down * ((1 - across) * image[below + left] + across * image[below + right]);
    }

    private static double symmetric(SplittableRandom random) {
      return 2 * random.nextDouble() - 1;
    }
  }

  /**
   * A square of an image painted in the mean of its plane (DeVries and Taylor 2017, section 3.2), at a place drawn
   * uniformly, so that part of it may lie outside.
   *
   * @param side of the square as a share of the image's shorter one, in [0, 1]
   */
  record Cutout(double side) implements Augmentation {

    public Cutout {
      requireWithin("side", side, 1);
    }

    @Override
    public void vary(float[] batch, int count, SampleShape shape, SplittableRandom random) {
      int height = shape.dimensions().get(1);
      int width = shape.dimensions().get(2);
      int extent = (int) Math.round(side * Math.min(height, width));
      for (int row = 0; row < count; row++) {
        int top = random.nextInt(height) - extent / 2;
        int left = random.nextInt(width) - extent / 2;
        int end = (row + 1) * shape.size();
        for (int plane = row * shape.size(); plane < end; plane += height * width) {
          float paint = mean(batch, plane, height * width);
          for (int y = Math.max(0, top); y < Math.min(height, top + extent); y++) {
            int line = plane + y * width;
            Arrays.fill(
                batch,
                line + Math.max(0, left),
                line + Math.max(0, Math.min(width, left + extent)),
                paint);
          }
        }
      }
    }

    private static float mean(float[] batch, int from, int length) {
      double sum = 0;
      for (int i = from; i < from + length; i++) {
        sum += batch[i];
      }
      return (float) (sum / length);
    }
  }

  /**
   * One variation after another.
   *
   * @param first done first
   * @param second done to what comes of it
   */
  record Then(Augmentation first, Augmentation second) implements Augmentation {

    @Override
    public void vary(float[] batch, int count, SampleShape shape, SplittableRandom random) {
      first.vary(batch, count, shape, random);
      second.vary(batch, count, shape, random);
    }
  }

  /**
   * Changes the first {@code count} samples of {@code batch} in place.
   *
   * @param batch samples of {@code shape}, row-major
   */
  void vary(float[] batch, int count, SampleShape shape, SplittableRandom random);

  /** Refuses a share that is not in [0, most]. */
  static void requireWithin(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(name + " must be in [0, " + most + "]: " + value);
    }
  }
}
