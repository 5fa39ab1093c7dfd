package dev.retort.data;

import dev.retort.text.TextEncoding;
import java.util.HashSet;
import java.util.List;

/** A column of a table that becomes numbers of a sample, with the public constants by which it does. */
public sealed interface FeatureColumn {

  /** The name in the header of the table. */
  String name();

  /** How many numbers of the sample this column becomes. */
  int width();

  /**
   * Numbers, read as (value - mean) / scale; a missing number reads as the mean, that is 0.
   *
   * @param name the name in the header
   * @param mean a public centre, finite
   * @param scale a public spread, finite and positive
   */
  record Numeric(String name, double mean, double scale) implements FeatureColumn {

    public Numeric {
      TableSchema.checkName(name);
      if (!Double.isFinite(mean)) {
        throw new IllegalArgumentException("mean must be finite: " + mean);
      }
      if (!(scale > 0) || !Double.isFinite(scale)) {
        throw new IllegalArgumentException("scale must be > 0 and finite: " + scale);
      }
      // Minus zero and zero are one mean and must have one text.
      mean += 0.0;
    }

    @Override
    public int width() {
      return 1;
    }
  }

  /**
   * Words, read as one indicator a listed value; a missing or unlisted word reads as all zeros.
   *
   * @param name the name in the header
   * @param values the public list of words, at least one, distinct
   */
  record Categorical(String name, List<String> values) implements FeatureColumn {

    public Categorical {
      TableSchema.checkName(name);
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("values must be at least one: " + name);
      }
      if (new HashSet<>(values).size() != values.size()) {
        throw new IllegalArgumentException("values must be distinct: " + values);
      }
    }

    @Override
    public int width() {
      return values.size();
    }
  }

  /**
   * Free text, read by a public encoder; a missing text reads as all zeros. A table may read one column by several
   * encoders, each a feature column of its own.
   *
   * @param name the name in the header
   * @param encoding what turns the text into numbers
   */
  record Text(String name, TextEncoding encoding) implements FeatureColumn {

    public Text {
      TableSchema.checkName(name);
    }

    @Override
    public int width() {
      return encoding.width();
    }
  }
}
