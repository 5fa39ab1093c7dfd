package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.tlog.LogSigner;

/** Signed messages as a coordinator sends them that says whatever it likes, for tests of whoever keeps them. */
public final class UnsafeMessages {

  private UnsafeMessages() {}

  /** The opening of a segment for three nodes. Two of one session and segment with different lanes contradict each other. */
  public static byte[] opening(LogSigner signer, Digest session, int segment, int lanes) {
    SegmentOpen open = new SegmentOpen(
        Octets.of(session.bytes()), segment, NodeSet.all(3), session, lanes, 1_800_000_000);
    return Signed.sign(open, signer).encode().bytes();
  }
}
