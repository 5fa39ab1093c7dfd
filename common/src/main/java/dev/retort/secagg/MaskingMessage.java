package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.DealMessage.Commitment;

/** B0 and B1: a cohort is fixed, and its nodes send masked vectors. */
public sealed interface MaskingMessage extends SegmentMessage {

  /**
   * B0: the segment begins.
   *
   * @param segment which; used once
   * @param cohort who answers
   * @param batch what is answered: the public samples
   * @param lanes how many lanes each vector has
   * @param deadlineEpochSecond uploads end then, in seconds since 1970
   */
  record SegmentOpen(
      Octets session,
      int segment,
      NodeSet cohort,
      Digest batch,
      int lanes,
      long deadlineEpochSecond)
      implements MaskingMessage {

    public SegmentOpen {
      if (lanes < 1) {
        throw new IllegalArgumentException("lanes must be >= 1: " + lanes);
      }
    }

    /**
     * The digest hA that every mask of the segment is made with.
     *
     * @param anchor the session's roster and beacon: nodes that were shown another roster have another digest
     */
    Octets cohortDigest(Octets anchor) {
      return Octets.sha256(
          Hkdf.label("cohort"),
          session.view(),
          anchor.view(),
          Hkdf.be64(segment),
          Hkdf.be32(cohort.rosterSize()),
          cohort.bitmap().view(),
          batch.bytes(),
          Hkdf.be32(lanes));
    }

    @Override
    public MessageType type() {
      return MessageType.SEGMENT_OPEN;
    }

    @Override
    public int sender() {
      return COORDINATOR;
    }

    @Override
    public int number() {
      return segment;
    }

    @Override
    public void write(BodyWriter out) {
      out.u32(segment);
      cohort.write(out);
      out.digest(batch).u32(lanes).i64(deadlineEpochSecond);
    }

    static SegmentOpen read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SegmentOpen(
          session,
          in.segment(),
          NodeSet.read(in),
          in.digest(),
          in.u32(SessionProposal.MAX_LANES),
          in.i64());
    }
  }

  /**
   * B1: a node's masked vector is complete.
   *
   * @param cohort the digest hA
   * @param vector SHA-256 over the digests of the vector's chunks
   * @param secrets what the node dealt for the segment
   * @param noise the digest of the noise's parameters
   * @param deal SHA-256 of the body of the deal that the secrets are from
   * @param localSigma the standard deviation of the node's own noise
   */
  record Manifest(
      Octets session,
      int segment,
      int node,
      Octets cohort,
      LaneWidth width,
      int lanes,
      Octets vector,
      Commitment secrets,
      Digest noise,
      Octets deal,
      int localSigma)
      implements MaskingMessage {

    @Override
    public MessageType type() {
      return MessageType.MANIFEST;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return segment;
    }

    @Override
    public void write(BodyWriter out) {
      out.u32(segment).u32(node).fixed(cohort).u8(width.bits()).u32(lanes).fixed(vector);
      secrets.write(out);
      out.digest(noise).fixed(deal).u32(localSigma);
    }

    static Manifest read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Manifest(
          session,
          in.segment(),
          in.node(),
          in.hash(),
          SessionProposal.width(in),
          in.u32(SessionProposal.MAX_LANES),
          in.hash(),
          Commitment.read(in),
          in.digest(),
          in.hash(),
          in.u32(1 << 24));
    }
  }
}
