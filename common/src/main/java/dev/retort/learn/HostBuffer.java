package dev.retort.learn;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Memory outside the heap that is filled anew each step and read by the library where it lies: on the CPU the array of a
 * step shares it, so it must not be written to before that step is over.
 */
final class HostBuffer {

  private final ByteBuffer bytes;

  private HostBuffer(int size) {
    bytes = TensorScope.direct(size);
  }

  static HostBuffer floats(int count) {
    return new HostBuffer(Math.multiplyExact(count, Float.BYTES));
  }

  static HostBuffer longs(int count) {
    return new HostBuffer(Math.multiplyExact(count, Long.BYTES));
  }

  /** The whole buffer, to write from the start. */
  FloatBuffer asFloats() {
    return bytes.asFloatBuffer();
  }

  /** The whole buffer, to write from the start. */
  LongBuffer asLongs() {
    return bytes.asLongBuffer();
  }

  PtNDArray floatArray(PtNDManager step, Shape shape) {
    return array(step, shape, DataType.FLOAT32);
  }

  PtNDArray longArray(PtNDManager step, Shape shape) {
    return array(step, shape, DataType.INT64);
  }

  private PtNDArray array(PtNDManager step, Shape shape, DataType type) {
    int size = Math.toIntExact(shape.size() * type.getNumOfBytes());
    ByteBuffer used = bytes.duplicate().order(bytes.order()).position(0).limit(size);
    return step.create(used, shape, type);
  }
}
