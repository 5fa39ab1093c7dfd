package dev.retort.node.shard;

import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import javax.crypto.Mac;

/**
 * A keyed digest of a site's records: the same for the same records in the same order, and meaningless without the
 * node's secret.
 */
public final class RecordsCommitment {

  private static final int CHUNK_ROWS = 256;

  private RecordsCommitment() {}

  /** The commitment to every sample, label and privacy unit of {@code table}. */
  public static Digest of(ShardKey key, PrivateTable table) {
    Mac mac = key.mac();
    Samples samples = table.records().samples();
    mac.update(("retort/records/1\n" + samples.shape() + "\n" + samples.count() + "\n"
            + table.records().classes() + "\n")
        .getBytes(StandardCharsets.US_ASCII));
    int size = samples.shape().size();
    for (int first = 0; first < samples.count(); first += CHUNK_ROWS) {
      int rows = Math.min(CHUNK_ROWS, samples.count() - first);
      ByteBuffer values =
          ByteBuffer.allocate(rows * size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      samples.gather(
          IntStream.range(first, first + rows).toArray(), 0, rows, values.asFloatBuffer());
      mac.update(values);
      for (int row = first; row < first + rows; row++) {
        byte[] unit = table.units().get(row).getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(table.records().label(row))
            .putInt(unit.length)
            .flip());
        mac.update(unit);
      }
    }
    return Digest.ofBytes(mac.doFinal());
  }
}
