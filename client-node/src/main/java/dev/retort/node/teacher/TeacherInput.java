package dev.retort.node.teacher;

import dev.retort.data.LabelledSamples;
import dev.retort.data.Samples;
import dev.retort.encode.PublicEncoder;
import org.jspecify.annotations.Nullable;

/**
 * What teachers see of a sample: the sample, or public features of it, learnt from the transfer set alone. Reading private
 * records through them costs no privacy. Immutable.
 */
public final class TeacherInput {

  private final @Nullable PublicEncoder encoder;

  private TeacherInput(@Nullable PublicEncoder encoder) {
    this.encoder = encoder;
  }

  /** The samples themselves. */
  public static TeacherInput whole() {
    return new TeacherInput(null);
  }

  /** Public features, by an encoder that was learnt from the transfer set alone. */
  public static TeacherInput through(PublicEncoder encoder) {
    return new TeacherInput(encoder);
  }

  /** What teachers see of {@code samples}, in their order. */
  public Samples of(Samples samples) {
    PublicEncoder learnt = encoder;
    return learnt == null ? samples : learnt.encode(samples);
  }

  /** What teachers see of records, with their labels. */
  public LabelledSamples of(LabelledSamples records) {
    return encoder == null ? records : records.withSamples(of(records.samples()));
  }
}
