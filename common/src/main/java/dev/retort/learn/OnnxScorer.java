package dev.retort.learn;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scores samples with an ONNX file by ONNX Runtime, on the CPU. Holds native memory until closed; for one thread at a
 * time.
 */
public final class OnnxScorer implements AutoCloseable {

  private static final int BATCH = 512;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final SampleShape shape;
  private final int classes;
  private final FloatBuffer buffer;

  private OnnxScorer(
      OrtEnvironment environment, OrtSession session, SampleShape shape, int classes) {
    this.environment = environment;
    this.session = session;
    this.shape = shape;
    this.classes = classes;
    buffer = ByteBuffer.allocateDirect(Math.multiplyExact(BATCH * Float.BYTES, shape.size()))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * Opens an ONNX file written by {@link OnnxFile}.
   *
   * @param threads that scoring may use, at least 1
   * @throws CorruptModelException if ONNX Runtime cannot read the file, or it lacks the input and outputs
   */
  public static OnnxScorer open(Path file, int threads) throws CorruptModelException {
    if (!Files.isRegularFile(file)) {
      throw new CorruptModelException(file, "must be an ONNX file: there is none");
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession session = session(environment, file, threads);
    try {
      List<Integer> input =
          extents(file, session.getInputInfo().get(OnnxFile.INPUT), OnnxFile.INPUT);
      List<Integer> logits =
          extents(file, session.getOutputInfo().get(OnnxFile.LOGITS), OnnxFile.LOGITS);
      return new OnnxScorer(environment, session, new SampleShape(input), logits.get(0));
    } catch (OrtException | IllegalArgumentException | ArithmeticException invalid) {
      close(session);
      throw new CorruptModelException(file, String.valueOf(invalid.getMessage()), invalid);
    } catch (CorruptModelException invalid) {
      close(session);
      throw invalid;
    }
  }

  private static OrtSession session(OrtEnvironment environment, Path file, int threads)
      throws CorruptModelException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Idle threads of a pool must not spin: the machine may be shared.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return environment.createSession(file.toString(), options);
    } catch (OrtException invalid) {
      throw new CorruptModelException(
          file, "must be readable by ONNX Runtime: " + invalid.getMessage(), invalid);
    }
  }

  /** The extents after the count of samples. */
  private static List<Integer> extents(Path file, @Nullable NodeInfo node, String name)
      throws CorruptModelException {
    if (node == null
        || !(node.getInfo() instanceof TensorInfo tensor)
        || tensor.getShape().length < 2) {
      throw new CorruptModelException(file, "must have a tensor called " + name);
    }
    List<Integer> extents = new ArrayList<>();
    for (int i = 1; i < tensor.getShape().length; i++) {
      extents.add(Math.toIntExact(tensor.getShape()[i]));
    }
    return extents;
  }

  /** The shape of the samples it reads. */
  public SampleShape shape() {
    return shape;
  }

  /** The size of the label space. */
  public int classes() {
    return classes;
  }

  /**
   * The logits of samples [firstRow, firstRow + count), row-major: count * classes numbers.
   *
   * @throws IllegalArgumentException if the samples have another shape than the network reads
   * @throws IndexOutOfBoundsException if there are no such samples
   */
  public float[] logits(Samples samples, int firstRow, int count) {
    Rows.requireShape(shape, samples);
    int[] rows = Rows.range(samples, firstRow, count);
    float[] logits = new float[Math.multiplyExact(count, classes)];
    try {
      for (int from = 0; from < count; from += BATCH) {
        batch(samples, rows, from, Math.min(BATCH, count - from), logits);
      }
    } catch (OrtException failure) {
      throw new IllegalStateException("ONNX Runtime could not score the samples", failure);
    }
    return logits;
  }

  private void batch(Samples samples, int[] rows, int from, int length, float[] logits)
      throws OrtException {
    samples.gather(rows, from, length, buffer.clear());
    buffer.flip();
    try (OnnxTensor input = OnnxTensor.createTensor(environment, buffer, extents(length));
        OrtSession.Result result =
            session.run(Map.of(OnnxFile.INPUT, input), Set.of(OnnxFile.LOGITS))) {
      // The result closes its tensors.
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits, from * classes, length * classes);
    }
  }

  private long[] extents(int length) {
    long[] extents = new long[shape.dimensions().size() + 1];
    extents[0] = length;
    for (int i = 1; i < extents.length; i++) {
      extents[i] = shape.dimensions().get(i - 1);
    }
    return extents;
  }

  /** The share of samples whose largest logit is that of their label, in [0, 1]; the lowest class wins ties. */
  public double accuracy(LabelledSamples data) {
    return Rows.accuracy(data, classes, this::logits);
  }

  @Override
  public void close() {
    close(session);
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException failure) {
      throw new IllegalStateException("ONNX Runtime could not close a session", failure);
    }
  }
}
