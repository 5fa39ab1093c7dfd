package dev.retort.secagg;

import dev.retort.secagg.Dealer.SegmentSecrets;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import java.util.ArrayList;
import java.util.List;

/** B1: a node's noised values under all its masks, as the frames that carry them. */
final class MaskedAnswer {

  private MaskedAnswer() {}

  /**
   * Masks {@code values} in place and wipes the secrets.
   *
   * @param localSigma of the noise in the values
   * @return the vector's chunks, then the manifest
   */
  static List<Frame> frames(
      Membership membership,
      SegmentOpen open,
      SegmentSecrets secrets,
      Lanes values,
      int localSigma) {
    SessionProposal proposal = membership.roster().proposal();
    Octets cohort = open.cohortDigest(membership.roster().anchor());
    MaskExpansion.apply(values, secrets.masks(membership.self(), open.cohort()), cohort);
    secrets.destroy();
    List<Frame> frames = new ArrayList<>();
    List<Octets> digests = new ArrayList<>();
    for (int i = 0; i < VectorDigest.chunks(values.byteLength()); i++) {
      Octets chunk = Octets.wrap(VectorDigest.chunk(values, i));
      digests.add(Octets.sha256(chunk.view()));
      frames.add(new Chunk(proposal.session(), open.segment(), membership.self(), i, chunk));
    }
    Manifest manifest = new Manifest(
        proposal.session(),
        open.segment(),
        membership.self(),
        cohort,
        values.width(),
        values.length(),
        VectorDigest.of(digests),
        secrets.commitment(),
        proposal.noise(),
        secrets.deal(),
        localSigma);
    SignedFrame signed = membership.signed(manifest);
    frames.add(signed);
    return frames;
  }
}
