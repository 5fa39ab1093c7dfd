package dev.retort.secagg;

import java.util.Arrays;
import javax.security.auth.Destroyable;

/** What two nodes make of the secret that they share. Not thread-safe. */
final class PairKeys implements Destroyable {

  private final Secret toHigher;
  private final Secret toLower;
  private final Octets tag;
  private Secret maskRoot;

  private PairKeys(Secret maskRoot, Secret toHigher, Secret toLower, Octets tag) {
    this.maskRoot = maskRoot;
    this.toHigher = toHigher;
    this.toLower = toLower;
    this.tag = tag;
  }

  /**
   * The keys of nodes {@code lower} and {@code higher}; wipes {@code shared}.
   *
   * @param roster the roster's digest R: other sessions and rosters give other keys
   */
  static PairKeys derive(Secret shared, Octets roster, int lower, int higher) {
    byte[] key = Hkdf.extract(roster.view(), shared.view());
    shared.destroy();
    try {
      return new PairKeys(
          Secret.take(expand(key, "fd-sa/1 mask", lower, higher, Secret.BYTES)),
          Secret.take(expand(key, "fd-sa/1 share", lower, higher, Secret.BYTES)),
          Secret.take(expand(key, "fd-sa/1 share", higher, lower, Secret.BYTES)),
          Octets.wrap(expand(key, "fd-sa/1 confirm", lower, higher, SetupMessage.TAG_BYTES)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] expand(byte[] key, String label, int from, int to, int length) {
    return Hkdf.expand(key, length, Hkdf.label(label), Hkdf.be32(from), Hkdf.be32(to));
  }

  /** Shows that both have the same keys. */
  Octets tag() {
    return tag;
  }

  /** The key of shares from {@code from} to {@code to}. */
  Secret shareKey(int from, int to) {
    return from < to ? toHigher : toLower;
  }

  /** The seed of the pair's mask of a segment of the present window. */
  Secret segmentSeed(int segment) {
    return Secret.take(
        Hkdf.expand(maskRoot.view(), Secret.BYTES, Hkdf.label("fd-sa/1 seg"), Hkdf.be64(segment)));
  }

  /** Goes on to the next window; seeds of this one can no longer be made. */
  void ratchet() {
    Secret next =
        Secret.take(Hkdf.expand(maskRoot.view(), Secret.BYTES, Hkdf.label("fd-sa/1 ratchet")));
    maskRoot.destroy();
    maskRoot = next;
  }

  @Override
  public void destroy() {
    maskRoot.destroy();
    toHigher.destroy();
    toLower.destroy();
  }
}
