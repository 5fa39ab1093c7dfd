package dev.retort.learn;

import dev.retort.data.SampleShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Initial weights, drawn in Java so that they do not depend on the library or its threads: uniform with variance 2 /
 * fan-in before a ReLU (He et al. 2015, section 2.2), 1 / (3 fan-in) in the last layer so that first answers are
 * near-uniform; biases are 0.
 */
final class Initialisation {

  private Initialisation() {}

  static Network draw(
      Architecture architecture, SampleShape shape, int classes, SplittableRandom random) {
    List<ParameterShape> parameters = architecture.parameters(shape, classes);
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      ParameterShape parameter = parameters.get(i);
      float[] values = new float[parameter.size()];
      if (parameter.dimensions().size() > 1) {
        int fanIn = parameter.size() / parameter.dimensions().get(0);
        boolean last = i == parameters.size() - 2;
        double bound = Math.sqrt((last ? 1.0 : 6.0) / fanIn);
        for (int k = 0; k < values.length; k++) {
          values[k] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
      }
      tensors.add(new Tensor(parameter.name(), parameter.dimensions(), values));
    }
    return new Network(architecture, shape, classes, tensors);
  }
}
