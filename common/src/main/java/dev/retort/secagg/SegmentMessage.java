package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.List;

/** The messages of segments: deals, the barrier, and B0 to B4. */
public sealed interface SegmentMessage extends Message {

  /**
   * What a dealer commits to for one segment.
   *
   * @param beta SHA-256 commitment to the seed of its own mask
   * @param kappa SHA-256 commitment to the key of its locked seeds
   * @param locked SHA-256 of the locked seeds
   */
  record Commitment(Octets beta, Octets kappa, Octets locked) {

    private void write(BodyWriter out) {
      out.fixed(beta).fixed(kappa).fixed(locked);
    }

    private static Commitment read(BodyReader in) throws MalformedMessageException {
      return new Commitment(in.hash(), in.hash(), in.hash());
    }
  }

  /**
   * A node's secrets of a window of 16 segments, shared among the committee. Its frame's parts are the packets, a member
   * each, and to the coordinator the locked seeds, a segment each.
   *
   * @param node the dealer
   * @param window which segments: from 16 times this on
   * @param commitments one a segment
   * @param packets SHA-256 of each member's packet, in the committee's order
   */
  record Deal(
      Octets session, int node, int window, List<Commitment> commitments, List<Octets> packets)
      implements SegmentMessage {

    public Deal {
      commitments = List.copyOf(commitments);
      packets = List.copyOf(packets);
      if (commitments.size() != SessionProposal.WINDOW) {
        throw new IllegalArgumentException("deal must have 16 commitments: " + commitments.size());
      }
    }

    @Override
    public MessageType type() {
      return MessageType.DEAL;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return window;
    }

    @Override
    public void write(BodyWriter out) {
      out.u32(node).u32(window);
      out.list(commitments, (to, commitment) -> commitment.write(to));
      out.list(packets, BodyWriter::fixed);
    }

    static Deal read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Deal(
          session,
          in.node(),
          in.u32(SessionProposal.MAX_SEGMENTS / SessionProposal.WINDOW - 1),
          in.list(SessionProposal.WINDOW, Commitment::read),
          in.list(ShamirSharing.MAX_SHARES, BodyReader::hash));
    }
  }

  /** A node's answers to a batch exist and are validated; nothing slow is left to do. */
  record Ready(Octets session, int node, int segment, Digest batch) implements SegmentMessage {

    @Override
    public MessageType type() {
      return MessageType.READY;
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
      out.u32(node).u32(segment).digest(batch);
    }

    static Ready read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Ready(session, in.node(), in.segment(), in.digest());
    }
  }

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
      implements SegmentMessage {

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
      implements SegmentMessage {

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

  /** B2: whose vectors are in the sum, with their manifests in the order of the nodes. */
  record SurvivorProposal(Octets session, int segment, NodeSet survivors, List<Signed> manifests)
      implements SegmentMessage {

    public SurvivorProposal {
      manifests = List.copyOf(manifests);
    }

    /** The digest of the survivors. */
    Octets survivorsDigest() {
      return Octets.sha256(
          Hkdf.label("survivors"),
          Hkdf.be32(survivors.rosterSize()),
          survivors.bitmap().view());
    }

    /** The digest of the manifests. */
    Octets manifestsDigest() {
      BodyWriter all = new BodyWriter();
      manifests.forEach(manifest -> all.fixed(manifest.bodyDigest()));
      return Octets.sha256(all.done().view());
    }

    @Override
    public MessageType type() {
      return MessageType.SURVIVOR_PROPOSAL;
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
      survivors.write(out);
      out.list(manifests, (to, manifest) -> manifest.write(to));
    }

    static SurvivorProposal read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SurvivorProposal(session, in.segment(), NodeSet.read(in), Signed.readList(in));
    }
  }

  /** B2: a committee member's one vote for a segment. */
  record SurvivorVote(
      Octets session, int segment, int node, Octets cohort, Octets survivors, Octets manifests)
      implements SegmentMessage {

    /** Whether another member's vote is for the same. */
    boolean agrees(SurvivorVote other) {
      return session.equals(other.session)
          && segment == other.segment
          && cohort.equals(other.cohort)
          && survivors.equals(other.survivors)
          && manifests.equals(other.manifests);
    }

    @Override
    public MessageType type() {
      return MessageType.SURVIVOR_VOTE;
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
      out.u32(segment).u32(node).fixed(cohort).fixed(survivors).fixed(manifests);
    }

    static SurvivorVote read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SurvivorVote(session, in.segment(), in.node(), in.hash(), in.hash(), in.hash());
    }
  }

  /** B3: a threshold of votes for the same. */
  record SurvivorCertificate(Octets session, int segment, List<Signed> votes)
      implements SegmentMessage {

    public SurvivorCertificate {
      votes = List.copyOf(votes);
    }

    @Override
    public MessageType type() {
      return MessageType.SURVIVOR_CERTIFICATE;
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
      out.u32(segment).list(votes, (to, vote) -> vote.write(to));
    }

    static SurvivorCertificate read(Octets session, BodyReader in)
        throws MalformedMessageException {
      return new SurvivorCertificate(session, in.segment(), Signed.readList(in));
    }
  }

  /** A share of one dealer's secret: of beta if it survived, of kappa if it was excluded. */
  record OpenedShare(int dealer, Octets share) {}

  /** B3: what a committee member opens of a segment, by the certificate: one share a node of the cohort, never two. */
  record ShareOpen(Octets session, int segment, int node, List<OpenedShare> shares)
      implements SegmentMessage {

    public ShareOpen {
      shares = List.copyOf(shares);
    }

    @Override
    public MessageType type() {
      return MessageType.SHARE_OPEN;
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
      out.u32(segment).u32(node);
      out.list(shares, (to, share) -> to.u32(share.dealer()).fixed(share.share()));
    }

    static ShareOpen read(Octets session, BodyReader in) throws MalformedMessageException {
      return new ShareOpen(
          session,
          in.segment(),
          in.node(),
          in.list(SessionProposal.MAX_NODES, share -> new OpenedShare(share.node(), share.hash())));
    }

    /** Never the shares. */
    @Override
    public String toString() {
      return "ShareOpen[segment " + segment + ", node " + node + ", " + shares.size() + " shares]";
    }
  }

  /**
   * B4: the sum is known.
   *
   * @param survivors whose vectors are in it
   * @param sum SHA-256 of the lanes
   * @param variance the sum of the survivors' declared noise variances, in squared units of a lane
   * @param votes the certificate
   */
  record SegmentResult(
      Octets session, int segment, NodeSet survivors, Octets sum, long variance, List<Signed> votes)
      implements SegmentMessage {

    public SegmentResult {
      votes = List.copyOf(votes);
    }

    @Override
    public MessageType type() {
      return MessageType.SEGMENT_RESULT;
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
      survivors.write(out);
      out.fixed(sum).i64(variance).list(votes, (to, vote) -> vote.write(to));
    }

    static SegmentResult read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SegmentResult(
          session, in.segment(), NodeSet.read(in), in.hash(), in.i64(), Signed.readList(in));
    }
  }
}
