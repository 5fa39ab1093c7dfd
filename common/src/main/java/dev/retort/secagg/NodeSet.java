package dev.retort.secagg;

import java.util.BitSet;
import java.util.stream.IntStream;

/** An immutable set of nodes of one roster, by their indices in it. */
public final class NodeSet {

  private final int rosterSize;
  private final BitSet bits;

  private NodeSet(int rosterSize, BitSet bits) {
    this.rosterSize = rosterSize;
    this.bits = bits;
  }

  /**
   * The set of {@code nodes}.
   *
   * @throws IllegalArgumentException if one is not in [0, rosterSize)
   */
  public static NodeSet of(int rosterSize, IntStream nodes) {
    BitSet bits = new BitSet(rosterSize);
    nodes.forEach(node -> {
      if (node < 0 || node >= rosterSize) {
        throw new IllegalArgumentException("node must be in [0, " + rosterSize + "): " + node);
      }
      bits.set(node);
    });
    return new NodeSet(rosterSize, bits);
  }

  /** The set of all. */
  public static NodeSet all(int rosterSize) {
    return of(rosterSize, IntStream.range(0, rosterSize));
  }

  /** How many nodes the roster has. */
  public int rosterSize() {
    return rosterSize;
  }

  /** How many nodes the set has. */
  public int size() {
    return bits.cardinality();
  }

  /** Whether a node is in the set. */
  public boolean contains(int node) {
    return node >= 0 && bits.get(node);
  }

  /** Whether all of another set is in this one. */
  public boolean containsAll(NodeSet other) {
    return other.minus(this).bits.isEmpty();
  }

  /** What is in this set and not in the other. */
  public NodeSet minus(NodeSet other) {
    BitSet rest = (BitSet) bits.clone();
    rest.andNot(other.bits);
    return new NodeSet(rosterSize, rest);
  }

  /** What is in both sets. */
  public NodeSet and(NodeSet other) {
    BitSet both = (BitSet) bits.clone();
    both.and(other.bits);
    return new NodeSet(rosterSize, both);
  }

  /** The indices, ascending. */
  public IntStream stream() {
    return bits.stream();
  }

  /** The roster's size, then a bit a node, the first node in the lowest bit of the first byte. */
  void write(BodyWriter out) {
    out.u32(rosterSize).fixed(bitmap());
  }

  static NodeSet read(BodyReader in) throws MalformedMessageException {
    int rosterSize = in.u32(SessionProposal.MAX_NODES);
    byte[] bitmap = in.fixed((rosterSize + 7) / 8).view();
    BitSet bits = BitSet.valueOf(bitmap);
    if (bits.length() > rosterSize) {
      throw new MalformedMessageException(
          "node must be in [0, " + rosterSize + "): " + (bits.length() - 1));
    }
    return new NodeSet(rosterSize, bits);
  }

  Octets bitmap() {
    byte[] bitmap = new byte[(rosterSize + 7) / 8];
    byte[] used = bits.toByteArray();
    System.arraycopy(used, 0, bitmap, 0, used.length);
    return Octets.wrap(bitmap);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeSet set && set.rosterSize == rosterSize && set.bits.equals(bits);
  }

  @Override
  public int hashCode() {
    return 31 * rosterSize + bits.hashCode();
  }

  @Override
  public String toString() {
    return bits + " of " + rosterSize;
  }
}
