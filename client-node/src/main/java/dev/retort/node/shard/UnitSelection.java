package dev.retort.node.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;

/**
 * The privacy units of a site that are counted one by one, with the rows of their records. Of more than the public bound,
 * those with the smallest codes under the site's key: so replacing one unit by another replaces at most one that is
 * counted.
 *
 * @param units the rows of each unit, units in the order of their codes
 * @param most how many units there may be at most, a public number
 */
public record UnitSelection(List<int[]> units, int most) {

  public UnitSelection {
    units = List.copyOf(units);
    if (most < 1) {
      throw new IllegalArgumentException("most must be >= 1: " + most);
    }
    if (units.size() > most) {
      throw new IllegalArgumentException("units must be at most " + most);
    }
  }

  /**
   * Selects.
   *
   * @param key the node's secret
   * @param units the privacy unit of each record
   * @param most how many units are counted at most, at least 1
   */
  public static UnitSelection of(ShardKey key, List<String> units, int most) {
    Map<String, List<Integer>> rows = new TreeMap<>();
    for (int row = 0; row < units.size(); row++) {
      rows.computeIfAbsent(units.get(row), unit -> new ArrayList<>()).add(row);
    }
    Mac mac = key.mac();
    List<int[]> chosen = rows.entrySet().stream()
        .map(entry -> new Coded(key.codeOf(mac, entry.getKey()), entry.getValue()))
        .sorted(Comparator.comparing(Coded::code))
        .limit(most)
        .map(coded -> coded.rows().stream().mapToInt(Integer::intValue).toArray())
        .toList();
    return new UnitSelection(chosen, most);
  }

  private record Coded(ByteBuffer code, List<Integer> rows) {}
}
