package dev.retort.data;

import dev.retort.image.ImageEncoding;
import dev.retort.text.TextEncoding;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A column of a table that becomes numbers of a sample, with the public constants by which it does. */
public sealed interface FeatureColumn {

  /** The name in the header of the table. */
  String name();

  /** The one view of a sample that has this column; null if every view has it. */
  @Nullable
  String view();

  /** How many numbers of the sample this column becomes. */
  int width();

  /**
   * Numbers, read as (value - mean) / scale; a missing number reads as the mean, that is 0.
   *
   * @param name the name in the header
   * @param mean a public centre, finite
   * @param scale a public spread, finite and positive
   * @param view the one view that has it, or null
   */
  record Numeric(
      String name, double mean, double scale, @Nullable String view) implements FeatureColumn {

    public Numeric {
      TableSchema.checkName(name);
      TableSchema.checkView(view);
      if (!Double.isFinite(mean)) {
        throw new IllegalArgumentException("mean must be finite: " + mean);
      }
      if (!(scale > 0) || !Double.isFinite(scale)) {
        throw new IllegalArgumentException("scale must be > 0 and finite: " + scale);
      }
      // Minus zero and zero are one mean and must have one text.
      mean += 0.0;
    }

    /** A column of every view. */
    public Numeric(String name, double mean, double scale) {
      this(name, mean, scale, null);
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
   * @param view the one view that has it, or null
   */
  record Categorical(
      String name, List<String> values, @Nullable String view) implements FeatureColumn {

    public Categorical {
      TableSchema.checkName(name);
      TableSchema.checkView(view);
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("values must be at least one: " + name);
      }
      if (new HashSet<>(values).size() != values.size()) {
        throw new IllegalArgumentException("values must be distinct: " + values);
      }
    }

    /** A column of every view. */
    public Categorical(String name, List<String> values) {
      this(name, values, null);
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
   * @param view the one view that has it, or null
   */
  record Text(String name, TextEncoding encoding, @Nullable String view) implements FeatureColumn {

    public Text {
      TableSchema.checkName(name);
      TableSchema.checkView(view);
    }

    /** A column of every view. */
    public Text(String name, TextEncoding encoding) {
      this(name, encoding, null);
    }

    @Override
    public int width() {
      return encoding.width();
    }
  }

  /**
   * Names of image files, read by a public encoder; a missing name reads as all zeros. A table may read one column by
   * several encoders, each a feature column of its own.
   *
   * @param name the name in the header
   * @param encoding what turns the image into numbers
   * @param view the one view that has it, or null
   */
  record Image(
      String name, ImageEncoding encoding, @Nullable String view) implements FeatureColumn {

    public Image {
      TableSchema.checkName(name);
      TableSchema.checkView(view);
    }

    @Override
    public int width() {
      return encoding.width();
    }
  }
}
