package dev.retort.secagg;

import java.util.List;

/** B3 and B4: the committee opens shares, and the sum is known. */
public sealed interface OpeningMessage extends SegmentMessage {

  /** A share of one dealer's secret: of beta if it survived, of kappa if it was excluded. */
  record OpenedShare(int dealer, Octets share) {}

  /** B3: what a committee member opens of a segment, by the certificate: one share a node of the cohort, never two. */
  record ShareOpen(Octets session, int segment, int node, List<OpenedShare> shares)
      implements OpeningMessage {

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
      implements OpeningMessage {

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
