package dev.retort.secagg;

import java.util.List;

/** The kinds of message. Codes are on the wire and in signatures: they are never reused. */
public enum MessageType {
  SESSION_PROPOSAL(1, "fd-sa/1 session-proposal", Repeats.NEVER),
  KEY_ADVERT(2, "fd-sa/1 key-advert", Repeats.NEVER),
  ROSTER(3, "fd-sa/1 roster", Repeats.NEVER),
  BEACON_REVEAL(4, "fd-sa/1 beacon-reveal", Repeats.NEVER),
  BEACON(5, "fd-sa/1 beacon", Repeats.NEVER),
  KEM_CIPHERTEXT(6, "fd-sa/1 kem-ciphertext", Repeats.NEVER),
  SETUP_CONFIRM(7, "fd-sa/1 setup-confirm", Repeats.NEVER),
  SETUP_CERTIFICATE(8, "fd-sa/1 setup-certificate", Repeats.FREELY),
  DEAL(9, "fd-sa/1 deal", Repeats.NEVER),
  READY(10, "fd-sa/1 ready", Repeats.NEVER),
  SEGMENT_OPEN(11, "fd-sa/1 segment-open", Repeats.NEVER),
  MANIFEST(12, "fd-sa/1 manifest", Repeats.NEVER),
  SURVIVOR_PROPOSAL(13, "fd-sa/1 survivor-proposal", Repeats.NEVER),
  SURVIVOR_VOTE(14, "fd-sa/1 survivor-vote", Repeats.NEVER),
  SURVIVOR_CERTIFICATE(15, "fd-sa/1 survivor-certificate", Repeats.FREELY),
  SHARE_OPEN(16, "fd-sa/1 share-open", Repeats.NEVER),
  SEGMENT_RESULT(17, "fd-sa/1 segment-result", Repeats.NEVER),
  COMPLAINT(18, "fd-sa/1 complaint", Repeats.FREELY);

  /** Whether one sender may say two different things in one place of the protocol. */
  enum Repeats {
    /** Two signed messages in one slot with different bodies are proof that the sender says both. */
    NEVER,
    /** A certificate may be made of any sufficient signatures, and of complaints there may be many. */
    FREELY
  }

  private static final List<MessageType> ALL = List.of(values());

  private final int code;
  private final String label;
  private final Repeats repeats;

  MessageType(int code, String label, Repeats repeats) {
    this.code = code;
    this.label = label;
    this.repeats = repeats;
  }

  int code() {
    return code;
  }

  /** What signatures bind the body to. */
  String label() {
    return label;
  }

  Repeats repeats() {
    return repeats;
  }

  static MessageType ofCode(int code) throws MalformedMessageException {
    for (MessageType type : ALL) {
      if (type.code == code) {
        return type;
      }
    }
    throw new MalformedMessageException("message type must be known: " + code);
  }
}
