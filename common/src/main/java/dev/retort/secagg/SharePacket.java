package dev.retort.secagg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a dealer gives one committee member for a window: for each segment the digests of its two shares, by which anybody
 * can tell later who gave a wrong one, and the shares, sealed.
 */
record SharePacket(List<Entry> entries) {

  private static final int DIGEST_BYTES = 32;
  private static final int SEALED_BYTES = 2 * Secret.BYTES + ShareSeal.TAG_BYTES;
  private static final int ENTRY_BYTES = 2 * DIGEST_BYTES + SEALED_BYTES;

  /**
   * A segment's shares.
   *
   * @param beta the digest of the share of beta
   * @param kappa the digest of the share of kappa
   * @param sealed both shares
   */
  record Entry(Octets beta, Octets kappa, Octets sealed) {}

  SharePacket {
    entries = List.copyOf(entries);
  }

  Octets encode() {
    BodyWriter out = new BodyWriter();
    entries.forEach(entry -> out.fixed(entry.beta()).fixed(entry.kappa()).fixed(entry.sealed()));
    return out.done();
  }

  static SharePacket parse(Octets encoded) throws MalformedMessageException {
    BodyReader in = new BodyReader(encoded);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < SessionProposal.WINDOW; i++) {
      entries.add(new Entry(in.hash(), in.hash(), in.fixed(SEALED_BYTES)));
    }
    in.end();
    return new SharePacket(entries);
  }

  /** Whether an encoded packet names {@code share} as its {@code index}th of a kind. False for what is no packet. */
  static boolean names(Octets encoded, int index, DealtSecret kind, Octets share) {
    if (encoded.length() != SessionProposal.WINDOW * ENTRY_BYTES) {
      return false;
    }
    int from = index * ENTRY_BYTES + (kind == DealtSecret.BETA ? 0 : DIGEST_BYTES);
    byte[] digest = kind.shareDigest(share.view()).view();
    return Arrays.equals(encoded.view(), from, from + DIGEST_BYTES, digest, 0, DIGEST_BYTES);
  }

  /** What a sealed share is bound to: session, dealer and member. */
  static byte[] associated(Octets session, int dealer, int member) {
    return new BodyWriter().fixed(session).u32(dealer).u32(member).done().view();
  }
}
