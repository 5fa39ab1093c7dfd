package dev.retort.learn;

import dev.retort.data.SampleShape;

/**
 * How many members of an ensemble are computed together. A function of public numbers only, and not of the count of
 * threads: what stands beside a member can move the last bits of its weights, and neither another teacher's records nor
 * the machine may do so.
 */
final class ChunkSize {

  // Beyond these a chunk falls out of the caches, which costs more than its fewer calls save.
  private static final int CPU_TENSOR_BYTES = 8 << 20;
  private static final int CPU_MEMBERS = 16;
  private static final int GPU_TENSOR_BYTES = 512 << 20;
  private static final int GPU_MEMBERS = 256;

  /** Few enough that some cores find work, many enough that batching still pays. */
  private static final int LEAST_CHUNKS = 8;

  private static final int LEAST_MEMBERS = 8;

  private ChunkSize() {}

  /** Members trained together. */
  static int forTraining(
      ComputeDevice device,
      Architecture architecture,
      SampleShape shape,
      int classes,
      int batchSize,
      int members) {
    int widest = architecture.parameters(shape, classes).stream()
        .mapToInt(
            parameter -> Math.max(parameter.size(), parameter.dimensions().get(0) * batchSize))
        .max()
        .orElseThrow();
    return limit(device, Math.max((long) widest, (long) batchSize * shape.size()), members);
  }

  /** Members scored together on {@code rows} samples. */
  static int forScoring(
      ComputeDevice device,
      Architecture architecture,
      SampleShape shape,
      int classes,
      int rows,
      int members) {
    int widest = architecture.parameters(shape, classes).stream()
        .mapToInt(parameter -> Math.max(parameter.size(), parameter.dimensions().get(0) * rows))
        .max()
        .orElseThrow();
    return limit(device, widest, members);
  }

  private static int limit(ComputeDevice device, long floatsPerMember, int members) {
    long bytes = floatsPerMember * Float.BYTES;
    if (device.isGpu()) {
      return (int) Math.max(1, Math.min(Math.min(GPU_MEMBERS, members), GPU_TENSOR_BYTES / bytes));
    }
    int spread = Math.max(LEAST_MEMBERS, (members + LEAST_CHUNKS - 1) / LEAST_CHUNKS);
    int most = (int) Math.max(1, Math.min(Math.min(CPU_MEMBERS, spread), CPU_TENSOR_BYTES / bytes));
    int chunks = (members + most - 1) / most;
    return (members + chunks - 1) / chunks;
  }
}
