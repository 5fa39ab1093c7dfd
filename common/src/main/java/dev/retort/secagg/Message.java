package dev.retort.secagg;

/** A message of the protocol. Records are always valid; each has exactly one encoding. */
public sealed interface Message permits SessionProposal, SetupMessage, SegmentMessage {

  /** The length of a session's id. */
  int SESSION_BYTES = 32;

  /** The {@link #sender} that is no node. */
  int COORDINATOR = -1;

  /** The kind. */
  MessageType type();

  /** The session's id, 32 random bytes. */
  Octets session();

  /** Who says this: a node's index in the proposal's roster, or {@link #COORDINATOR}. */
  int sender();

  /** What tells this apart from the sender's other messages of the kind: a segment, a window, a receiver; else 0. */
  int number();

  /** Writes what follows the session's id. */
  void write(BodyWriter out);

  /** The place in the protocol that this fills. */
  default Slot slot() {
    return new Slot(type(), session(), sender(), number());
  }

  /** The encoding. */
  default Octets encode() {
    BodyWriter out = new BodyWriter().fixed(session());
    write(out);
    return out.done();
  }

  /**
   * The message of a kind with this encoding.
   *
   * @throws MalformedMessageException if there is none
   */
  static Message parse(MessageType type, Octets body) throws MalformedMessageException {
    BodyReader in = new BodyReader(body);
    try {
      Octets session = in.fixed(SESSION_BYTES);
      Message message = switch (type) {
        case SESSION_PROPOSAL -> SessionProposal.read(session, in);
        case KEY_ADVERT -> SetupMessage.KeyAdvert.read(session, in);
        case ROSTER -> SetupMessage.Roster.read(session, in);
        case BEACON_REVEAL -> SetupMessage.BeaconReveal.read(session, in);
        case BEACON -> SetupMessage.Beacon.read(session, in);
        case KEM_CIPHERTEXT -> SetupMessage.KemCiphertext.read(session, in);
        case SETUP_CONFIRM -> SetupMessage.SetupConfirm.read(session, in);
        case SETUP_CERTIFICATE -> SetupMessage.SetupCertificate.read(session, in);
        case DEAL -> DealMessage.Deal.read(session, in);
        case READY -> DealMessage.Ready.read(session, in);
        case SEGMENT_OPEN -> MaskingMessage.SegmentOpen.read(session, in);
        case MANIFEST -> MaskingMessage.Manifest.read(session, in);
        case SURVIVOR_PROPOSAL -> SurvivorMessage.SurvivorProposal.read(session, in);
        case SURVIVOR_VOTE -> SurvivorMessage.SurvivorVote.read(session, in);
        case SURVIVOR_CERTIFICATE -> SurvivorMessage.SurvivorCertificate.read(session, in);
        case SHARE_OPEN -> OpeningMessage.ShareOpen.read(session, in);
        case SEGMENT_RESULT -> OpeningMessage.SegmentResult.read(session, in);
        case COMPLAINT -> SetupMessage.Complaint.read(session, in);
      };
      in.end();
      return message;
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("a field of " + type + " must be valid", e);
    }
  }

  /**
   * A place in the protocol that one sender fills once.
   *
   * @param type the kind of message
   * @param session the session's id
   * @param sender who says it
   * @param number which of them
   */
  record Slot(MessageType type, Octets session, int sender, int number) {}
}
