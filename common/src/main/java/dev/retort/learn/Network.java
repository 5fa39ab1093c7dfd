package dev.retort.learn;

import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.List;

/** A trained network: its architecture and weights, on the Java heap, with no native memory. Immutable. */
public final class Network {

  private final Architecture architecture;
  private final SampleShape shape;
  private final int classes;
  private final List<Tensor> tensors;

  /**
   * Joins an architecture to its weights.
   *
   * @param architecture what the weights belong to
   * @param shape of the samples
   * @param classes the size of the label space
   * @param tensors in the order, and with the names and extents, of {@link Architecture#parameters}
   * @throws IllegalArgumentException if the tensors are not those of the architecture
   */
  public Network(Architecture architecture, SampleShape shape, int classes, List<Tensor> tensors) {
    this.architecture = architecture;
    this.shape = shape;
    this.classes = classes;
    this.tensors = List.copyOf(tensors);
    List<ParameterShape> expected = architecture.parameters(shape, classes);
    List<ParameterShape> actual = new ArrayList<>();
    for (Tensor tensor : tensors) {
      actual.add(new ParameterShape(tensor.name(), tensor.dimensions()));
    }
    if (!expected.equals(actual)) {
      throw new IllegalArgumentException(
          "tensors must be those of " + architecture.name() + ", " + expected + ": " + actual);
    }
  }

  /** A network with freshly drawn weights, the same for the same seed. */
  public static Network untrained(
      Architecture architecture, SampleShape shape, int classes, long seed) {
    return Initialisation.draw(architecture, shape, classes, Seeds.stream(seed, 0));
  }

  /** The architecture. */
  public Architecture architecture() {
    return architecture;
  }

  /** The shape of the samples it reads. */
  public SampleShape shape() {
    return shape;
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  /** The weights, in the order of the architecture's parameters. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** The weights called {@code name}. */
  public Tensor tensor(String name) {
    return tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("name must be one of " + tensors + ": " + name));
  }

  /** Whether architecture, shape, classes and every bit of the weights are the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Network that
        && architecture.equals(that.architecture)
        && shape.equals(that.shape)
        && classes == that.classes
        && tensors.equals(that.tensors);
  }

  @Override
  public int hashCode() {
    return 31 * architecture.hashCode() + tensors.hashCode();
  }

  @Override
  public String toString() {
    return architecture.name() + " " + shape + " -> " + classes;
  }
}
