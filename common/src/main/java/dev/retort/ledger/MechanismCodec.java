package dev.retort.ledger;

import dev.retort.label.LabelGrid;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.SummedHints;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.util.Map;

/** Mechanisms as fields of canonical JSON: the name, its own parameters, and the squared L2 sensitivity they imply. */
final class MechanismCodec {

  private MechanismCodec() {}

  static void put(Map<String, String> fields, Mechanism mechanism) {
    fields.put("mechanism", mechanism.name());
    fields.put("sigma", Integer.toString(mechanism.sigma()));
    fields.put("deltaSq", Long.toString(mechanism.l2Squared()));
    if (mechanism instanceof DiscreteGaussianHistogram histogram) {
      fields.put("S", Integer.toString(histogram.grid().size()));
      fields.put("classes", Integer.toString(histogram.classes()));
    } else if (mechanism instanceof DiscreteGaussianMultiLabel multiLabel) {
      fields.put("labels", Integer.toString(multiLabel.labels()));
    } else if (mechanism instanceof DiscreteGaussianFeatures features) {
      fields.put("dimensions", Integer.toString(features.dimensions()));
      fields.put("norm", Integer.toString(features.norm()));
    } else if (mechanism instanceof DiscreteGaussianClippedSum sum) {
      fields.put("dimensions", Integer.toString(sum.dimensions()));
      fields.put("low", Integer.toString(sum.low()));
      fields.put("high", Integer.toString(sum.high()));
    } else if (mechanism instanceof SummedHistogram summed) {
      fields.put("S", Integer.toString(summed.grid().size()));
      fields.put("classes", Integer.toString(summed.classes()));
      fields.put("contributors", Integer.toString(summed.contributors()));
    } else if (mechanism instanceof SummedFeatures summed) {
      fields.put("dimensions", Integer.toString(summed.dimensions()));
      fields.put("norm", Integer.toString(summed.norm()));
      fields.put("contributors", Integer.toString(summed.contributors()));
    } else if (mechanism instanceof DiscreteGaussianHints hints) {
      putRow(fields, hints);
    } else if (mechanism instanceof SummedHints summed) {
      putRow(
          fields,
          new DiscreteGaussianHints(
              summed.grid(),
              summed.weight(),
              summed.classes(),
              summed.dimensions(),
              summed.norm(),
              summed.sigma()));
      fields.put("contributors", Integer.toString(summed.contributors()));
    } else {
      throw new IllegalStateException("mechanism must have a codec: " + mechanism.name());
    }
  }

  private static void putRow(Map<String, String> fields, DiscreteGaussianHints hints) {
    fields.put("S", Integer.toString(hints.grid().size()));
    fields.put("weight", Integer.toString(hints.weight()));
    fields.put("classes", Integer.toString(hints.classes()));
    fields.put("dimensions", Integer.toString(hints.dimensions()));
    fields.put("norm", Integer.toString(hints.norm()));
  }

  /**
   * Takes the fields of a mechanism.
   *
   * @throws MalformedLogException if the mechanism is unknown, or a field is missing or contradicts the others
   * @throws IllegalArgumentException if a parameter is out of range
   */
  static Mechanism read(FieldReader fields) throws MalformedLogException {
    String name = fields.text("mechanism");
    int sigma = fields.smallInteger("sigma");
    Mechanism mechanism = switch (name) {
      case "dgauss/1" ->
        new DiscreteGaussianHistogram(
            new LabelGrid(fields.smallInteger("S")), fields.smallInteger("classes"), sigma);
      case "dgauss-multilabel/1" ->
        new DiscreteGaussianMultiLabel(fields.smallInteger("labels"), sigma);
      case "dgauss-features/1" ->
        new DiscreteGaussianFeatures(
            fields.smallInteger("dimensions"), fields.smallInteger("norm"), sigma);
      case "dgauss-clipped-sum/1" ->
        new DiscreteGaussianClippedSum(
            fields.smallInteger("dimensions"),
            fields.smallInteger("low"),
            fields.smallInteger("high"),
            sigma);
      case "dgauss-sum/1" ->
        new SummedHistogram(
            new LabelGrid(fields.smallInteger("S")),
            fields.smallInteger("classes"),
            sigma,
            fields.smallInteger("contributors"));
      case "dgauss-features-sum/1" ->
        new SummedFeatures(
            fields.smallInteger("dimensions"),
            fields.smallInteger("norm"),
            sigma,
            fields.smallInteger("contributors"));
      case "dgauss-hints/1" ->
        new DiscreteGaussianHints(
            new LabelGrid(fields.smallInteger("S")),
            fields.smallInteger("weight"),
            fields.smallInteger("classes"),
            fields.smallInteger("dimensions"),
            fields.smallInteger("norm"),
            sigma);
      case "dgauss-hints-sum/1" ->
        new SummedHints(
            new LabelGrid(fields.smallInteger("S")),
            fields.smallInteger("weight"),
            fields.smallInteger("classes"),
            fields.smallInteger("dimensions"),
            fields.smallInteger("norm"),
            sigma,
            fields.smallInteger("contributors"));
      default ->
        throw new MalformedLogException("mechanism must be one this version knows: " + name);
    };
    fields.constant("deltaSq", Long.toString(mechanism.l2Squared()));
    return mechanism;
  }
}
