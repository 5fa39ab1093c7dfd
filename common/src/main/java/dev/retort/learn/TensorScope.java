package dev.retort.learn;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The arrays of one training or scorer, and their device. For one thread at a time.
 *
 * <p>An array belongs to the manager of the first operand that made it. Whatever lives as long as the scope belongs to
 * {@link #manager()}; whatever lives for one step, to {@link #step()}, whose close frees it. After {@link #seal()} an
 * array that would belong to the scope is an exception, not a leak.
 */
final class TensorScope implements AutoCloseable {

  private final PtNDManager manager;

  TensorScope(ComputeDevice device) {
    manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager(LearnEngine.djl(device));
  }

  /**
   * Sets what the library keeps a thread: how many threads the calling one may use, and whether gradients are recorded,
   * which at first differs between the thread that loaded the library and others. Returns what {@link #leave} wants.
   */
  static boolean enter(int threads, boolean gradients) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(gradients);
    return before;
  }

  static void leave(boolean gradientsBefore) {
    JniUtils.setGradMode(gradientsBefore);
  }

  PtNDManager manager() {
    return manager;
  }

  PtNDManager step() {
    return (PtNDManager) manager.newSubManager();
  }

  void seal() {
    manager.cap();
  }

  /** A copy of {@code values} on the device. */
  PtNDArray floats(float[] values, Shape shape) {
    ByteBuffer buffer = direct(values.length * Float.BYTES);
    buffer.asFloatBuffer().put(values);
    try (PtNDArray shared = manager.create(buffer, shape, DataType.FLOAT32)) {
      return JniUtils.clone(shared);
    }
  }

  PtNDArray zeros(Shape shape) {
    return (PtNDArray) manager.zeros(shape, DataType.FLOAT32);
  }

  /** A buffer aligned as the library aligns its own memory, since the kernels' last bits may depend on it. */
  static ByteBuffer direct(int bytes) {
    ByteBuffer aligned = ByteBuffer.allocateDirect(Math.addExact(bytes, 128)).alignedSlice(64);
    return aligned.limit(bytes).slice().order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    manager.close();
  }
}
