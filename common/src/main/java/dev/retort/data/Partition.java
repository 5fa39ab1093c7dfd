package dev.retort.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A division of a table's rows among simulated nodes. Every row goes to one node, every node has at least one row, and all
 * rows of a privacy unit go to the same node. For simulation only: real nodes hold what they hold.
 */
public final class Partition {

  /** The greatest count of nodes. */
  public static final int MAX_NODES = 1000;

  private final List<String> names;
  private final List<int[]> rows;

  private Partition(List<String> names, List<int[]> rows) {
    this.names = List.copyOf(names);
    this.rows = List.copyOf(rows);
  }

  /**
   * Deals units out at random, so that the nodes hold as equal a count of rows as whole units allow.
   *
   * @param nodes the count of nodes, in [1, 1000] and at most the count of units
   * @param seed decides the division; the same seed gives the same one
   */
  public static Partition iid(PrivateTable table, int nodes, long seed) {
    return iid(unitsOf(table), nodes, seed);
  }

  /** Deals {@code count} rows, each its own unit, out at random. */
  public static Partition iid(int count, int nodes, long seed) {
    return iid(singles(count), nodes, seed);
  }

  /**
   * Skews the labels: of each class, the nodes get shares drawn from a symmetric Dirichlet distribution (Yurochkin et al.
   * 2019, section 4). A unit counts for its most frequent class.
   *
   * @param nodes the count of nodes, in [1, 1000] and at most the count of units
   * @param alpha the concentration, positive and finite: 100 is nearly iid, 0.1 gives most nodes few classes
   * @param seed decides the division; the same seed gives the same one
   */
  public static Partition dirichlet(PrivateTable table, int nodes, double alpha, long seed) {
    return dirichlet(
        unitsOf(table), table.records().labels(), table.records().classes(), nodes, alpha, seed);
  }

  /** Skews the labels of rows that are each a unit of their own. */
  public static Partition dirichlet(int[] labels, int classes, int nodes, double alpha, long seed) {
    return dirichlet(singles(labels.length), labels, classes, nodes, alpha, seed);
  }

  /**
   * One node a site, in the order of the sites' names. A unit seen at several sites goes to that of its first row.
   *
   * @throws IllegalArgumentException if the table has no sites, or more than 1000
   */
  public static Partition bySite(PrivateTable table) {
    if (table.sites().isEmpty()) {
      throw new IllegalArgumentException("table must have a site a row to be divided by site");
    }
    Map<String, List<int[]>> unitsBySite = new TreeMap<>();
    for (int[] unit : unitsOf(table)) {
      unitsBySite
          .computeIfAbsent(table.sites().get(unit[0]), site -> new ArrayList<>())
          .add(unit);
    }
    if (unitsBySite.size() > MAX_NODES) {
      throw new IllegalArgumentException(
          "sites must be at most " + MAX_NODES + ": " + unitsBySite.size());
    }
    return new Partition(
        List.copyOf(unitsBySite.keySet()),
        unitsBySite.values().stream().map(Partition::merged).toList());
  }

  /** The count of nodes. */
  public int nodes() {
    return rows.size();
  }

  /** The name of a node: its site, or {@code node-1}, {@code node-2} and so on. */
  public String name(int node) {
    return names.get(node);
  }

  /** A copy of the rows of a node, ascending. */
  public int[] rows(int node) {
    return rows.get(node).clone();
  }

  private static Partition iid(List<int[]> units, int nodes, long seed) {
    checkNodes(nodes, units.size());
    List<int[]> shuffled = new ArrayList<>(units);
    shuffle(shuffled, new SplittableRandom(seed));
    List<List<int[]>> dealt = emptyNodes(nodes);
    int[] held = new int[nodes];
    PriorityQueue<Integer> fewestFirst =
        new PriorityQueue<>(Comparator.<Integer>comparingInt(node -> held[node])
            .thenComparing(Comparator.naturalOrder()));
    IntStream.range(0, nodes).forEach(fewestFirst::add);
    for (int[] unit : shuffled) {
      int node = fewestFirst.remove();
      dealt.get(node).add(unit);
      held[node] += unit.length;
      fewestFirst.add(node);
    }
    return numbered(dealt);
  }

  private static Partition dirichlet(
      List<int[]> units, int[] labels, int classes, int nodes, double alpha, long seed) {
    checkNodes(nodes, units.size());
    SplittableRandom random = new SplittableRandom(seed);
    List<List<int[]>> byClass = emptyNodes(classes);
    for (int[] unit : units) {
      byClass.get(mostFrequent(unit, labels, classes)).add(unit);
    }
    List<List<int[]>> dealt = emptyNodes(nodes);
    for (List<int[]> ofClass : byClass) {
      shuffle(ofClass, random);
      double[] shares = DirichletShares.draw(nodes, alpha, random);
      double cumulative = 0;
      int next = 0;
      for (int node = 0; node < nodes; node++) {
        cumulative += shares[node];
        // The last cut takes all, whatever the shares' rounding.
        int end =
            node == nodes - 1 ? ofClass.size() : (int) Math.round(cumulative * ofClass.size());
        for (; next < Math.min(end, ofClass.size()); next++) {
          dealt.get(node).add(ofClass.get(next));
        }
      }
    }
    fillEmpty(dealt);
    return numbered(dealt);
  }

  /** Gives each node without a unit the last one of the node that has most. */
  private static void fillEmpty(List<List<int[]>> dealt) {
    for (List<int[]> node : dealt) {
      if (node.isEmpty()) {
        List<int[]> richest =
            dealt.stream().max(Comparator.comparingInt(List::size)).orElseThrow();
        node.add(richest.remove(richest.size() - 1));
      }
    }
  }

  private static int mostFrequent(int[] unit, int[] labels, int classes) {
    if (unit.length == 1) {
      return labels[unit[0]];
    }
    int[] counts = new int[classes];
    for (int row : unit) {
      counts[labels[row]]++;
    }
    int best = 0;
    for (int label = 1; label < classes; label++) {
      if (counts[label] > counts[best]) {
        best = label;
      }
    }
    return best;
  }

  private static List<int[]> unitsOf(PrivateTable table) {
    Map<String, IntStream.Builder> rowsByUnit = new LinkedHashMap<>();
    for (int row = 0; row < table.count(); row++) {
      rowsByUnit
          .computeIfAbsent(table.units().get(row), unit -> IntStream.builder())
          .add(row);
    }
    return rowsByUnit.values().stream()
        .map(builder -> builder.build().toArray())
        .toList();
  }

  private static List<int[]> singles(int count) {
    return IntStream.range(0, count).mapToObj(row -> new int[] {row}).toList();
  }

  private static void shuffle(List<int[]> units, SplittableRandom random) {
    for (int i = units.size() - 1; i > 0; i--) {
      Collections.swap(units, i, random.nextInt(i + 1));
    }
  }

  private static List<List<int[]>> emptyNodes(int count) {
    return IntStream.range(0, count)
        .<List<int[]>>mapToObj(i -> new ArrayList<>())
        .toList();
  }

  private static int[] merged(List<int[]> units) {
    return units.stream().flatMapToInt(Arrays::stream).sorted().toArray();
  }

  private static Partition numbered(List<List<int[]>> dealt) {
    return new Partition(
        IntStream.rangeClosed(1, dealt.size()).mapToObj(i -> "node-" + i).toList(),
        dealt.stream().map(Partition::merged).toList());
  }

  private static void checkNodes(int nodes, int units) {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new IllegalArgumentException("nodes must be in [1, " + MAX_NODES + "]: " + nodes);
    }
    if (nodes > units) {
      throw new IllegalArgumentException("nodes must be at most the count of privacy units: "
          + nodes + " nodes, " + units + " units");
    }
  }
}
