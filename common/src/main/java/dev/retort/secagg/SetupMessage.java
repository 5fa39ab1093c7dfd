package dev.retort.secagg;

import java.util.List;

/** The messages that set a session up, S1 to S5, and complaints. */
public sealed interface SetupMessage extends Message {

  /** The length of a key confirmation. */
  int TAG_BYTES = 16;

  /**
   * S1: a node's key for this session.
   *
   * @param proposal SHA-256 of the proposal's body
   * @param node whose
   * @param kemKey its X-Wing public key
   * @param beacon SHA-256 commitment to its part of the beacon
   */
  record KeyAdvert(Octets session, Octets proposal, int node, Octets kemKey, Octets beacon)
      implements SetupMessage {

    @Override
    public MessageType type() {
      return MessageType.KEY_ADVERT;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.fixed(proposal).u32(node).fixed(kemKey).fixed(beacon);
    }

    static KeyAdvert read(Octets session, BodyReader in) throws MalformedMessageException {
      return new KeyAdvert(
          session, in.hash(), in.node(), in.fixed(XWingKey.PUBLIC_KEY_BYTES), in.hash());
    }
  }

  /** S2: all adverts of the nodes that are in, in the order of their indices. */
  record Roster(Octets session, List<Signed> adverts) implements SetupMessage {

    public Roster {
      adverts = List.copyOf(adverts);
    }

    @Override
    public MessageType type() {
      return MessageType.ROSTER;
    }

    @Override
    public int sender() {
      return COORDINATOR;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.list(adverts, (to, advert) -> advert.write(to));
    }

    static Roster read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Roster(session, Signed.readList(in));
    }
  }

  /** S2': a node opens its commitment, once the roster is fixed. */
  record BeaconReveal(Octets session, Octets roster, int node, Octets value)
      implements SetupMessage {

    @Override
    public MessageType type() {
      return MessageType.BEACON_REVEAL;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.fixed(roster).u32(node).fixed(value);
    }

    static BeaconReveal read(Octets session, BodyReader in) throws MalformedMessageException {
      return new BeaconReveal(session, in.hash(), in.node(), in.hash());
    }
  }

  /** S2': all reveals, in the order of the nodes. */
  record Beacon(Octets session, List<Signed> reveals) implements SetupMessage {

    public Beacon {
      reveals = List.copyOf(reveals);
    }

    @Override
    public MessageType type() {
      return MessageType.BEACON;
    }

    @Override
    public int sender() {
      return COORDINATOR;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.list(reveals, (to, reveal) -> reveal.write(to));
    }

    static Beacon read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Beacon(session, Signed.readList(in));
    }
  }

  /**
   * S3: a shared secret for one peer, relayed by the coordinator.
   *
   * @param roster the roster's digest R
   * @param node who encapsulated
   * @param peer for whom
   * @param ciphertext X-Wing
   * @param tag shows the peer that both have the same keys
   */
  record KemCiphertext(
      Octets session, Octets roster, int node, int peer, Octets ciphertext, Octets tag)
      implements SetupMessage {

    @Override
    public MessageType type() {
      return MessageType.KEM_CIPHERTEXT;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return peer;
    }

    @Override
    public void write(BodyWriter out) {
      out.fixed(roster).u32(node).u32(peer).fixed(ciphertext).fixed(tag);
    }

    static KemCiphertext read(Octets session, BodyReader in) throws MalformedMessageException {
      return new KemCiphertext(
          session,
          in.hash(),
          in.node(),
          in.node(),
          in.fixed(XWingKey.CIPHERTEXT_BYTES),
          in.fixed(TAG_BYTES));
    }
  }

  /** S5: a committee member saw this roster and beacon, and will see no other. */
  record SetupConfirm(Octets session, int node, Octets anchor) implements SetupMessage {

    @Override
    public MessageType type() {
      return MessageType.SETUP_CONFIRM;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.u32(node).fixed(anchor);
    }

    static SetupConfirm read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SetupConfirm(session, in.node(), in.hash());
    }
  }

  /** S5: a threshold of confirmations. */
  record SetupCertificate(Octets session, List<Signed> confirms) implements SetupMessage {

    public SetupCertificate {
      confirms = List.copyOf(confirms);
    }

    @Override
    public MessageType type() {
      return MessageType.SETUP_CERTIFICATE;
    }

    @Override
    public int sender() {
      return COORDINATOR;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.list(confirms, (to, confirm) -> confirm.write(to));
    }

    static SetupCertificate read(Octets session, BodyReader in) throws MalformedMessageException {
      return new SetupCertificate(session, Signed.readList(in));
    }
  }

  /**
   * A node's signed report of what it refused.
   *
   * @param node who reports
   * @param reason why
   * @param evidence the digests of the bodies of the messages concerned, at most four
   */
  record Complaint(Octets session, int node, RefusalReason reason, List<Octets> evidence)
      implements SetupMessage {

    private static final int MAX_EVIDENCE = 4;

    public Complaint {
      evidence = List.copyOf(evidence);
    }

    @Override
    public MessageType type() {
      return MessageType.COMPLAINT;
    }

    @Override
    public int sender() {
      return node;
    }

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void write(BodyWriter out) {
      out.u32(node).u8(reason.code()).list(evidence, BodyWriter::fixed);
    }

    static Complaint read(Octets session, BodyReader in) throws MalformedMessageException {
      return new Complaint(
          session,
          in.node(),
          RefusalReason.ofCode(in.u8()),
          in.list(MAX_EVIDENCE, BodyReader::hash));
    }
  }
}
