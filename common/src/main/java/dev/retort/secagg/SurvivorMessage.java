package dev.retort.secagg;

import java.util.List;

/** B2 and B3: the committee agrees on whose vectors are in the sum. */
public sealed interface SurvivorMessage extends SegmentMessage {

  /** B2: whose vectors are in the sum, with their manifests in the order of the nodes. */
  record SurvivorProposal(Octets session, int segment, NodeSet survivors, List<Signed> manifests)
      implements SurvivorMessage {

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
      implements SurvivorMessage {

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
      implements SurvivorMessage {

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
}
