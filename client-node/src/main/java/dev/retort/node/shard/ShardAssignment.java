package dev.retort.node.shard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;

/**
 * Which records each teacher learns from: all records of a privacy unit, and so one unit's whole influence, lie in one
 * shard. Inserting or removing a unit moves no other unit. A shard may be empty.
 */
public final class ShardAssignment {

  private final int[][] rows;

  private ShardAssignment(int[][] rows) {
    this.rows = rows;
  }

  /**
   * Assigns records by their units.
   *
   * @param key the node's secret
   * @param units the privacy unit of each record
   * @param shards how many shards there are, a public number, at least 1
   */
  public static ShardAssignment of(ShardKey key, List<String> units, int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("shards must be >= 1: " + shards);
    }
    Mac mac = key.mac();
    Map<String, Integer> known = new HashMap<>();
    int[] shardOf = new int[units.size()];
    int[] sizes = new int[shards];
    for (int row = 0; row < shardOf.length; row++) {
      shardOf[row] = known.computeIfAbsent(units.get(row), unit -> key.shardOf(mac, unit, shards));
      sizes[shardOf[row]]++;
    }
    int[][] rows = new int[shards][];
    Arrays.setAll(rows, shard -> new int[sizes[shard]]);
    int[] filled = new int[shards];
    for (int row = 0; row < shardOf.length; row++) {
      rows[shardOf[row]][filled[shardOf[row]]++] = row;
    }
    return new ShardAssignment(rows);
  }

  /** The count of shards. */
  public int shards() {
    return rows.length;
  }

  /** The rows of each shard, rising, as a fresh array. */
  public int[][] rows() {
    int[][] copy = new int[rows.length][];
    Arrays.setAll(copy, shard -> rows[shard].clone());
    return copy;
  }
}
