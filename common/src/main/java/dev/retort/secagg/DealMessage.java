package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.List;

/** The messages before a segment: a node deals its secrets, and says that it has answers. */
public sealed interface DealMessage extends SegmentMessage {

  /**
   * What a dealer commits to for one segment.
   *
   * @param beta SHA-256 commitment to the seed of its own mask
   * @param kappa SHA-256 commitment to the key of its locked seeds
   * @param locked SHA-256 of the locked seeds
   */
  record Commitment(Octets beta, Octets kappa, Octets locked) {

    void write(BodyWriter out) {
      out.fixed(beta).fixed(kappa).fixed(locked);
    }

    static Commitment read(BodyReader in) throws MalformedMessageException {
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
      implements DealMessage {

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
  record Ready(Octets session, int node, int segment, Digest batch) implements DealMessage {

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
}
