package dev.retort.secagg;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The seeds that a node shares with its neighbours for one segment, locked under kappa. */
final class LockedSeeds {

  private LockedSeeds() {}

  /** Locks a node's seeds; a neighbour without keys has zeros, with which nobody masks. */
  static Octets lock(
      SessionRoster roster, int node, int segment, Secret kappa, Map<Integer, Secret> seeds) {
    int[] neighbours = roster.graph().neighbours(node).toArray();
    byte[] plain = new byte[neighbours.length * Secret.BYTES];
    for (int i = 0; i < neighbours.length; i++) {
      Secret seed = seeds.get(neighbours[i]);
      if (seed != null) {
        System.arraycopy(seed.view(), 0, plain, i * Secret.BYTES, Secret.BYTES);
      }
    }
    // Kappa is fresh and seals once, so the number is always 0.
    byte[] sealed =
        ShareSeal.seal(kappa.view(), 0, associated(roster.session(), node, segment), plain);
    Arrays.fill(plain, (byte) 0);
    return Octets.wrap(sealed);
  }

  /**
   * A node's seeds by neighbour.
   *
   * @throws BrokenSealException if they are not what {@link #lock} locked under this key
   */
  static Map<Integer, Secret> unlock(
      SessionRoster roster, int node, int segment, Secret kappa, Octets locked)
      throws BrokenSealException {
    byte[] plain =
        ShareSeal.open(kappa.view(), 0, associated(roster.session(), node, segment), locked.view());
    int[] neighbours = roster.graph().neighbours(node).toArray();
    if (plain.length != neighbours.length * Secret.BYTES) {
      throw new BrokenSealException();
    }
    Map<Integer, Secret> seeds = new TreeMap<>();
    for (int i = 0; i < neighbours.length; i++) {
      int from = i * Secret.BYTES;
      seeds.put(neighbours[i], Secret.take(Arrays.copyOfRange(plain, from, from + Secret.BYTES)));
    }
    Arrays.fill(plain, (byte) 0);
    return seeds;
  }

  private static byte[] associated(Octets session, int node, int segment) {
    return new BodyWriter().fixed(session).u32(node).i64(segment).done().view();
  }
}
