package dev.retort.text;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.merkle.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * The mean of a text's token vectors in the sentence encoder all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych
 * 2019), quantised to 8 bits, scaled to length 1. A text of more than 254 word pieces is read in pieces of 254 by
 * themselves, at most four, and the mean is over all of them; what comes after is not read.
 *
 * <p>On one machine a text's numbers are the same to the last bit, whatever other texts are encoded and in whatever order.
 * On machines with other processors they differ a little, as their 8-bit arithmetic does (cosines of about 0.99 to 1 were
 * seen between versions of ONNX Runtime): enough to change a label near a boundary, so accuracy may depend on it; no
 * promise of privacy does.
 */
public final class MiniLmEncoder implements TextEncoder {

  static final int WIDTH = 384;

  private static final int PIECES = 254;
  private static final int MOST_CHUNKS = 4;
  private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final String OUTPUT = "last_hidden_state";

  /** Pinned, so that a schema's {@code minilm} is one model for everybody. */
  private static final String MODEL_SHA256 =
      "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1";

  private static final String TOKENIZER_SHA256 =
      "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0";

  private final WordPieces tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private MiniLmEncoder(WordPieces tokenizer, OrtEnvironment environment, OrtSession session) {
    this.tokenizer = tokenizer;
    this.environment = environment;
    this.session = session;
  }

  /** Loads the model that comes with this program, about 60 MB of memory until closed. */
  static MiniLmEncoder load() {
    WordPieces tokenizer = WordPieces.parse(resource(TOKENIZER, TOKENIZER_SHA256));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // One thread a text: texts are many, and sums have one order.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return new MiniLmEncoder(
          tokenizer,
          environment,
          environment.createSession(resource(MODEL, MODEL_SHA256), options));
    } catch (OrtException failure) {
      throw new IllegalStateException("ONNX Runtime could not load the sentence encoder", failure);
    }
  }

  private static byte[] resource(String name, String sha256) {
    try (InputStream in = MiniLmEncoder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("class path must hold the sentence encoder: " + name);
      }
      byte[] bytes = in.readAllBytes();
      if (!Digest.of(bytes).hex().equals(sha256)) {
        throw new IllegalStateException(
            name + " must have the digest " + sha256 + ": " + Digest.of(bytes).hex());
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void encode(String text, float[] out, int at) {
    int[] pieces = tokenizer.ids(text, PIECES * MOST_CHUNKS);
    double[] sums = new double[WIDTH];
    try {
      for (int from = 0; from < pieces.length; from += PIECES) {
        addTokens(Arrays.copyOfRange(pieces, from, Math.min(from + PIECES, pieces.length)), sums);
      }
    } catch (OrtException failure) {
      throw new IllegalStateException("ONNX Runtime could not encode a text", failure);
    }
    double squares = 0;
    for (double sum : sums) {
      squares += sum * sum;
    }
    // The mean has the direction of the sum.
    double length = Math.sqrt(squares);
    for (int i = 0; i < WIDTH; i++) {
      out[at + i] = length > 0 ? (float) (sums[i] / length) : 0;
    }
  }

  /**
   * Adds the vectors of all tokens of one chunk. A chunk is a run by itself: the model takes the range of its 8-bit numbers
   * from the whole batch, so a text would depend on its neighbours in it.
   */
  private void addTokens(int[] pieces, double[] sums) throws OrtException {
    long[] ids = new long[pieces.length + 2];
    ids[0] = WordPieces.BEGIN;
    for (int i = 0; i < pieces.length; i++) {
      ids[i + 1] = pieces[i];
    }
    ids[ids.length - 1] = WordPieces.END;
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    long[] extents = {1, ids.length};
    try (OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), extents);
        OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), extents);
        OnnxTensor types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), extents);
        OrtSession.Result result = session.run(
            Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))) {
      FloatBuffer vectors = ((OnnxTensor) result.get(OUTPUT).orElseThrow()).getFloatBuffer();
      for (int i = 0; vectors.hasRemaining(); i++) {
        sums[i % WIDTH] += vectors.get();
      }
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException failure) {
      throw new IllegalStateException("ONNX Runtime could not close a session", failure);
    }
  }
}
