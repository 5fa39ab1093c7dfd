package dev.retort.cli.report;

import dev.retort.accounting.AnswerChange;
import dev.retort.accounting.DistributedNoise;
import dev.retort.accounting.HiddenGaussian;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A study's mechanism as its ledger entry describes it.
 *
 * @param fields the entry's parameters, which the audit has checked
 */
record NoiseParameters(Map<String, String> fields) {

  // Beyond it no bound says anything, and the search for one has no end.
  private static final double LARGEST_MU = 1e4;
  private static final double SMALLEST_DELTA = 1e-200;

  /** What is released and how noise is added, for somebody who has not seen the code. */
  Markup words() {
    String sigma = field("sigma");
    return switch (field("mechanism")) {
      case "dgauss/1" ->
        Markup.of(
            "For each query every model trained on one part of the records gives a label: whole numbers that add up to"
                + " S\u00a0=\u00a0{} over {} classes. The labels are added up, and each of the {} sums gets noise from the"
                + " discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}.",
            field("S"),
            field("classes"),
            field("classes"),
            sigma);
      case "dgauss-sum/1" ->
        Markup.of(
            "For each query every model trained on one part of the records gives a label: whole numbers that add up to"
                + " S\u00a0=\u00a0{} over {} classes. The labels are added up, and each sum gets noise from the discrete"
                + " Gaussian distribution with \u03c3\u00a0=\u00a0{}. The result left the site under a mask that comes off the sum"
                + " over all sites alone, and the cost counts on the noise of {} sites that answer honestly.",
            field("S"),
            field("classes"),
            sigma,
            field("contributors"));
      case "dgauss-multilabel/1" ->
        Markup.of(
            "For each query every model trained on one part of the records sets or leaves each of {} marks. The marks are"
                + " counted, and each count gets noise from the discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}.",
            field("labels"),
            sigma);
      case "dgauss-features/1" ->
        Markup.of(
            "For each query every part of the records, each a teacher's or a person's, gives {} whole numbers of length at most {}."
                + " They are added up, and each sum gets noise from the discrete Gaussian distribution with"
                + " \u03c3\u00a0=\u00a0{}.",
            field("dimensions"),
            field("norm"),
            sigma);
      case "dgauss-features-sum/1" ->
        Markup.of(
            "Every part of the records, each a teacher's or a person's, gives {} whole numbers of length at most {}. They"
                + " are added up, and each sum gets noise from the discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}. The"
                + " result left the site under a mask that comes off the sum over all sites alone, and the cost counts on the"
                + " noise of {} sites that answer honestly.",
            field("dimensions"),
            field("norm"),
            sigma,
            field("contributors"));
      case "dgauss-clipped-sum/1" ->
        Markup.of(
            "For each query every part of the records gives {} whole numbers, each cut to the range from {} to {}. They are"
                + " added up, and each sum gets noise from the discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}.",
            field("dimensions"),
            field("low"),
            field("high"),
            sigma);
      case "dgauss-hints/1" ->
        Markup.of(
            "For each query every model trained on one part of the records gives a label, whole numbers that add up to {} times"
                + " {} over {} classes, and {} whole numbers of length at most {} of what its inner layer says. Both are added"
                + " up, and each sum gets noise from the discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}.",
            field("S"),
            field("weight"),
            field("classes"),
            field("dimensions"),
            field("norm"),
            sigma);
      case "dgauss-hints-sum/1" ->
        Markup.of(
            "For each query every model trained on one part of the records gives a label, whole numbers that add up to {} times"
                + " {} over {} classes, and {} whole numbers of length at most {} of what its inner layer says. Both are added"
                + " up, and each sum gets noise from the discrete Gaussian distribution with \u03c3\u00a0=\u00a0{}. The result left"
                + " the site under a mask that comes off the sum over all sites alone, and the cost counts on the noise of {}"
                + " sites that answer honestly.",
            field("S"),
            field("weight"),
            field("classes"),
            field("dimensions"),
            field("norm"),
            sigma,
            field("contributors"));
      default -> Markup.of("Mechanism {}.", Markup.code(field("mechanism")));
    };
  }

  /**
   * An upper bound on the epsilon of {@code queries} answers by the exact Gaussian curve, which holds where their number
   * was not chosen by looking at earlier answers; empty where there is none.
   *
   * @param shards the most parts that hold records of one unit
   */
  OptionalDouble gaussianEpsilon(BigInteger shards, long queries, BigDecimal delta) {
    return gaussianEpsilon(shards, queries, delta, 0);
  }

  /** Whether the noise protects only together with other sites'. */
  boolean isSummed() {
    return fields.containsKey("contributors");
  }

  /** How many sites' noise the cost counts on: one, but where answers go into sums. */
  int contributors() {
    return Integer.parseInt(fields.getOrDefault("contributors", "1"));
  }

  /**
   * The same if fewer sites answered honestly than the cost counts on.
   *
   * @param fewer by how many, in [0, contributors)
   */
  OptionalDouble gaussianEpsilon(BigInteger shards, long queries, BigDecimal delta, int fewer) {
    try {
      double l2Squared = new BigDecimal(field("deltaSq")).doubleValue()
          * Math.pow(shards.doubleValue(), 2)
          * queries;
      double sigma = new BigDecimal(field("sigma")).doubleValue();
      double exactDelta = Math.nextDown(delta.doubleValue());
      int honest = contributors() - fewer;
      if (!(Math.sqrt(l2Squared) / sigma < LARGEST_MU) || !(exactDelta >= SMALLEST_DELTA)) {
        return OptionalDouble.empty();
      }
      // An integer change is no longer in L1 than its squared length.
      AnswerChange change =
          new AnswerChange(l2Squared, l2Squared, Math.multiplyExact(width(), queries));
      double epsilon = isSummed()
          ? new DistributedNoise(honest, sigma * sigma).gdpEpsilon(change, exactDelta)
          : HiddenGaussian.epsilon(change, sigma * sigma, 0, exactDelta);
      return Double.isFinite(epsilon) ? OptionalDouble.of(epsilon) : OptionalDouble.empty();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return OptionalDouble.empty();
    }
  }

  private long width() {
    long width = 0;
    for (String name : new String[] {"classes", "labels", "dimensions"}) {
      if (fields.containsKey(name)) {
        width += Long.parseLong(field(name));
      }
    }
    if (width < 1) {
      throw new IllegalArgumentException("fields must name a width: " + fields);
    }
    return width;
  }

  private String field(String name) {
    return fields.getOrDefault(name, "");
  }
}
