package dev.retort.learn;

import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The public description of a network: what a study plan names and a model file records. Pure: nothing native is loaded
 * by using it.
 */
public sealed interface Architecture {

  /** What {@link #parse} accepts, for messages and help texts. */
  String KNOWN = "one of linear, mlp-W, mlp-W1-W2 (widths 1 to 4096), cnn-small";

  /** Softmax regression on the flattened sample. */
  record Linear() implements Architecture {

    @Override
    public String name() {
      return "linear";
    }

    @Override
    public void checkSuits(SampleShape shape) {
      // Every sample can be flattened.
    }

    @Override
    public OptionalInt hiddenWidth() {
      return OptionalInt.empty();
    }

    @Override
    public List<ParameterShape> parameters(SampleShape shape, int classes) {
      return dense(shape.size(), List.of(), classes);
    }
  }

  /**
   * Hidden layers with ReLU on the flattened sample.
   *
   * @param widths one or two widths in [1, 4096], input side first
   */
  record Mlp(List<Integer> widths) implements Architecture {

    public Mlp {
      widths = List.copyOf(widths);
      if (widths.isEmpty() || widths.size() > 2) {
        throw new IllegalArgumentException("widths must be one or two: " + widths);
      }
      for (int width : widths) {
        if (width < 1 || width > 4096) {
          throw new IllegalArgumentException("width must be in [1, 4096]: " + width);
        }
      }
    }

    @Override
    public String name() {
      return widths.stream().map(String::valueOf).collect(Collectors.joining("-", "mlp-", ""));
    }

    @Override
    public void checkSuits(SampleShape shape) {
      // Every sample can be flattened.
    }

    @Override
    public OptionalInt hiddenWidth() {
      return OptionalInt.of(widths.get(widths.size() - 1));
    }

    @Override
    public List<ParameterShape> parameters(SampleShape shape, int classes) {
      return dense(shape.size(), widths, classes);
    }
  }

  /**
   * Two 3x3 convolutions of 16 and 32 filters (padding 1), each with ReLU and 2x2 max pooling, then 128 hidden units
   * with ReLU. Reads images whose sides are at least 4.
   */
  record SmallCnn() implements Architecture {

    static final int CONV1 = 16;
    static final int CONV2 = 32;
    static final int HIDDEN = 128;

    @Override
    public String name() {
      return "cnn-small";
    }

    @Override
    public void checkSuits(SampleShape shape) throws UnsuitableArchitectureException {
      if (!suits(shape)) {
        throw new UnsuitableArchitectureException(
            "architecture cnn-small must be given images with sides >= 4: samples are " + shape
                + (shape.isImage() ? "" : "; choose linear or mlp-W for tables"));
      }
    }

    private static boolean suits(SampleShape shape) {
      return shape.isImage()
          && shape.dimensions().get(1) >= 4
          && shape.dimensions().get(2) >= 4;
    }

    /** The count of numbers that the convolutions hand to the first dense layer. */
    static int flattened(SampleShape shape) {
      return CONV2 * (shape.dimensions().get(1) / 4) * (shape.dimensions().get(2) / 4);
    }

    @Override
    public OptionalInt hiddenWidth() {
      return OptionalInt.of(HIDDEN);
    }

    @Override
    public List<ParameterShape> parameters(SampleShape shape, int classes) {
      if (!suits(shape)) {
        throw new IllegalArgumentException("shape must be an image with sides >= 4: " + shape);
      }
      int channels = shape.dimensions().get(0);
      List<ParameterShape> parameters = new ArrayList<>();
      parameters.add(new ParameterShape("conv1.weight", List.of(CONV1, channels, 3, 3)));
      parameters.add(new ParameterShape("conv1.bias", List.of(CONV1)));
      parameters.add(new ParameterShape("conv2.weight", List.of(CONV2, CONV1, 3, 3)));
      parameters.add(new ParameterShape("conv2.bias", List.of(CONV2)));
      parameters.addAll(dense(flattened(shape), List.of(HIDDEN), classes));
      return List.copyOf(parameters);
    }
  }

  /** The name that {@link #parse} reads back, such as {@code mlp-128}. */
  String name();

  /**
   * Checks that this architecture can read samples of {@code shape}.
   *
   * @throws UnsuitableArchitectureException if it cannot; the message names both and what to choose instead
   */
  void checkSuits(SampleShape shape) throws UnsuitableArchitectureException;

  /**
   * The parameters, in the order of the layers, weight before bias.
   *
   * @throws IllegalArgumentException if {@link #checkSuits} would refuse {@code shape}
   */
  List<ParameterShape> parameters(SampleShape shape, int classes);

  /** The width of the layer that the last one reads; empty where that is the sample itself. */
  OptionalInt hiddenWidth();

  /** The count of trained numbers. */
  default long parameterCount(SampleShape shape, int classes) {
    return parameters(shape, classes).stream().mapToLong(ParameterShape::size).sum();
  }

  /**
   * The architecture called {@code name}.
   *
   * @throws UnknownArchitectureException if there is none; the message lists the known ones
   */
  static Architecture parse(String name) throws UnknownArchitectureException {
    if (name.equals("linear")) {
      return new Linear();
    }
    if (name.equals("cnn-small")) {
      return new SmallCnn();
    }
    Matcher mlp =
        Pattern.compile("mlp-([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?").matcher(name);
    if (mlp.matches()) {
      List<Integer> widths = new ArrayList<>();
      for (int group = 1; group <= 2; group++) {
        if (mlp.group(group) != null) {
          widths.add(Integer.parseInt(mlp.group(group)));
        }
      }
      if (widths.stream().allMatch(width -> width <= 4096)) {
        return new Mlp(widths);
      }
    }
    throw new UnknownArchitectureException(name, KNOWN);
  }

  /** The parameters of dense layers, called fc1, fc2 and so on. */
  private static List<ParameterShape> dense(int inputs, List<Integer> widths, int classes) {
    List<ParameterShape> parameters = new ArrayList<>();
    int in = inputs;
    for (int layer = 1; layer <= widths.size() + 1; layer++) {
      int out = layer <= widths.size() ? widths.get(layer - 1) : classes;
      parameters.add(new ParameterShape("fc" + layer + ".weight", List.of(out, in)));
      parameters.add(new ParameterShape("fc" + layer + ".bias", List.of(out)));
      in = out;
    }
    return List.copyOf(parameters);
  }
}
