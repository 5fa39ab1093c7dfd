package dev.retort.learn;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Named weights of a network, on the Java heap, row-major. Immutable. */
public final class Tensor {

  private final String name;
  private final List<Integer> dimensions;
  private final float[] values;

  /** Keeps {@code values} without a copy: package-private, because the caller must not write to it again. */
  Tensor(String name, List<Integer> dimensions, float[] values) {
    this.name = name;
    this.dimensions = List.copyOf(dimensions);
    this.values = values;
    if (new ParameterShape(name, this.dimensions).size() != values.length) {
      throw new IllegalArgumentException(
          "tensor " + name + " must have the values of " + dimensions + ": " + values.length);
    }
  }

  /**
   * A tensor of a copy of {@code values}.
   *
   * @throws IllegalArgumentException if the count of values is not the product of {@code dimensions}
   */
  public static Tensor of(String name, List<Integer> dimensions, float... values) {
    return new Tensor(name, dimensions, values.clone());
  }

  /** The parameter's name, such as {@code fc1.weight}. */
  public String name() {
    return name;
  }

  /** The extents, outermost first. */
  public List<Integer> dimensions() {
    return dimensions;
  }

  /** The count of values. */
  public int size() {
    return values.length;
  }

  /** The values, row-major, as a read-only view. */
  public FloatBuffer values() {
    return FloatBuffer.wrap(values).asReadOnlyBuffer();
  }

  /** The values themselves, not a copy; for this package, which does not write to them. */
  float[] array() {
    return values;
  }

  /** Whether name, extents and every bit of the values are the same. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Tensor that)
        || !name.equals(that.name)
        || !dimensions.equals(that.dimensions)) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      if (Float.floatToRawIntBits(values[i]) != Float.floatToRawIntBits(that.values[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + dimensions.hashCode()) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return name + dimensions;
  }
}
