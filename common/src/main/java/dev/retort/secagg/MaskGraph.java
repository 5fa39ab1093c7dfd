package dev.retort.secagg;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Who shares masks with whom: everybody, or each with the nearest on a ring in an order that a beacon chose. */
final class MaskGraph {

  private final NodeSet members;
  private final boolean full;
  private final int reach;
  private final int[] place;

  private MaskGraph(NodeSet members, boolean full, int reach, int[] place) {
    this.members = members;
    this.full = full;
    this.reach = reach;
    this.place = place;
  }

  static MaskGraph of(NodeSet members, CohortRules rules, Octets beacon) {
    int[] place = new int[members.rosterSize()];
    List<Integer> ring = drawnOrder(members, "fd-sa/1 ring", beacon);
    for (int i = 0; i < ring.size(); i++) {
      place[ring.get(i)] = i;
    }
    return new MaskGraph(members, rules.isFullGraph(), rules.degree() / 2, place);
  }

  /** The members in an order that nobody chose: of the digests of beacon and index. */
  static List<Integer> drawnOrder(NodeSet members, String label, Octets beacon) {
    record Ticket(int node, Octets digest) {}
    return members.stream()
        .mapToObj(node ->
            new Ticket(node, Octets.sha256(Hkdf.label(label), beacon.view(), Hkdf.be32(node))))
        .sorted((a, b) -> Arrays.compareUnsigned(a.digest().view(), b.digest().view()))
        .map(Ticket::node)
        .toList();
  }

  /** Whether two different members share masks. */
  boolean isLinked(int a, int b) {
    if (a == b || !members.contains(a) || !members.contains(b)) {
      return false;
    }
    int apart = Math.abs(place[a] - place[b]);
    return full || Math.min(apart, members.size() - apart) <= reach;
  }

  /** Those with whom a member shares masks, ascending. */
  IntStream neighbours(int node) {
    return members.stream().filter(other -> isLinked(node, other));
  }

  /** Whether the masks among {@code nodes} hang together. */
  boolean connects(NodeSet nodes) {
    if (full) {
      return true;
    }
    // Neighbours on the ring are linked over gaps up to the reach, and nothing links over a longer
    // one. A ring cut once is a line; cut twice it is two pieces.
    int[] places = nodes.stream().map(node -> place[node]).sorted().toArray();
    int cuts = 0;
    for (int i = 0; i < places.length; i++) {
      int next = places[(i + 1) % places.length];
      if (Math.floorMod(next - places[i], members.size()) > reach) {
        cuts++;
      }
    }
    return cuts <= 1;
  }
}
