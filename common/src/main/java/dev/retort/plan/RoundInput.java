package dev.retort.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * What a round of a study asks, as far as its plan leaves that open: public, made by the coordinator from public samples and
 * earlier releases, and the same for all sites. It decides nothing about what the round costs, nor about how far one privacy
 * unit can move an answer, so a site answers whichever it is given.
 */
public sealed interface RoundInput {

  /** As it is sent and stored. */
  byte[] encode();

  /**
   * Reads what a coordinator sent for {@code round} of a resolved plan.
   *
   * @param samples the transfer set's
   * @throws MalformedRoundInputException naming the rule that is broken
   */
  static RoundInput parse(StudyPlan plan, int round, long samples, byte[] bytes)
      throws MalformedRoundInputException {
    if (round < StudyRounds.firstInput(plan) || round >= plan.queries().rounds()) {
      throw new MalformedRoundInputException("round must be in [" + StudyRounds.firstInput(plan)
          + ", " + plan.queries().rounds() + ") to have an input: " + round);
    }
    return switch (plan.privacy().mechanism()) {
      case CLASS_SUMS -> Classifier.read(StudyNoise.width(plan), bytes);
      case DISCRETE_GAUSSIAN ->
        Selection.read(StudyRounds.ranges(plan).get(round).count(), samples, bytes);
    };
  }

  /**
   * The samples that the round's questions are about.
   *
   * @param samples indices into the transfer set, each at most once; not copied, so nobody must write to it
   */
  @SuppressWarnings("ArrayRecordComponent") // thousands of indices, and never compared
  record Selection(int[] samples) implements RoundInput {

    private static final byte[] MAGIC = "retort selection/1\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] encode() {
      return write(MAGIC, samples.length, body -> body.asIntBuffer().put(samples));
    }

    private static Selection read(int count, long within, byte[] bytes)
        throws MalformedRoundInputException {
      int[] samples = new int[count];
      body(MAGIC, count, bytes).asIntBuffer().get(samples);
      BitSet seen = new BitSet();
      for (int sample : samples) {
        if (sample < 0 || sample >= within || seen.get(sample)) {
          throw new MalformedRoundInputException(
              "samples must be below " + within + ", each at most once: " + sample);
        }
        seen.set(sample);
      }
      return new Selection(samples);
    }
  }

  /**
   * A softmax regression in the space of class sums. The round's question is what it leaves unexplained: each record adds its
   * point times the difference of its class indicator and the classifier's probabilities.
   *
   * @param weights dimensions by classes; not copied, so nobody must write to it
   */
  @SuppressWarnings("ArrayRecordComponent") // thousands of weights, and never compared
  record Classifier(float[] weights) implements RoundInput {

    private static final byte[] MAGIC = "retort classifier/1\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] encode() {
      return write(MAGIC, weights.length, body -> body.asFloatBuffer().put(weights));
    }

    private static Classifier read(int width, byte[] bytes) throws MalformedRoundInputException {
      float[] weights = new float[width];
      body(MAGIC, width, bytes).asFloatBuffer().get(weights);
      for (float weight : weights) {
        if (!Float.isFinite(weight)) {
          throw new MalformedRoundInputException("weights must be finite: " + weight);
        }
      }
      return new Classifier(weights);
    }
  }

  private static byte[] write(byte[] magic, int words, Consumer<ByteBuffer> body) {
    ByteBuffer bytes = ByteBuffer.allocate(magic.length + words * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(magic);
    body.accept(bytes);
    return bytes.array();
  }

  private static ByteBuffer body(byte[] magic, int words, byte[] bytes)
      throws MalformedRoundInputException {
    int length = magic.length + words * Integer.BYTES;
    if (bytes.length != length || !Arrays.equals(magic, 0, magic.length, bytes, 0, magic.length)) {
      throw new MalformedRoundInputException("input must be "
          + new String(magic, StandardCharsets.US_ASCII).strip() + " of " + length + " bytes: "
          + bytes.length);
    }
    ByteBuffer body = ByteBuffer.wrap(bytes, magic.length, bytes.length - magic.length);
    return body.slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
