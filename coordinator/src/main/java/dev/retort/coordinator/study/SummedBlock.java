package dev.retort.coordinator.study;

import dev.retort.transfer.SampleRange;
import java.util.Arrays;
import java.util.List;

/**
 * A block that was summed securely. Nobody knows what any one node put into it.
 *
 * @param range its samples
 * @param sums all classes of each sample, sample-major; the caller must not change them
 * @param variance of the noise in each of them, as the nodes declared it, in grid units squared
 * @param nodes whose answers are in it
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and compared by content.
public record SummedBlock(SampleRange range, long[] sums, long variance, List<String> nodes) {

  public SummedBlock {
    nodes = List.copyOf(nodes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SummedBlock that
        && range.equals(that.range)
        && Arrays.equals(sums, that.sums)
        && variance == that.variance
        && nodes.equals(that.nodes);
  }

  @Override
  public int hashCode() {
    return range.hashCode() * 31 + Arrays.hashCode(sums);
  }

  @Override
  public String toString() {
    return "SummedBlock[" + range + ", nodes=" + nodes + "]";
  }
}
