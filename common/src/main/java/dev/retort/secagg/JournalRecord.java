package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Frame.SignedFrame;
import java.util.List;

/** What happened to a coordinator. Vectors are not kept, but their sum is, once it is decided who is in it. */
sealed interface JournalRecord {

  /** A frame was accepted. */
  record Received(SignedFrame frame) implements JournalRecord {}

  /** The wait for a step of the set-up ended. */
  record SetupDeadline() implements JournalRecord {}

  /** A segment was opened. */
  record Opened(int segment, Digest batch, int lanes, long deadlineEpochSecond)
      implements JournalRecord {}

  /** The survivors of a segment were decided. */
  record Decided(int segment, List<Signed> manifests, Octets sum) implements JournalRecord {}

  /** A segment was given up. */
  record Abandoned(int segment) implements JournalRecord {}

  /** The encoding. */
  default Octets encode() {
    if (this instanceof Decided decided) {
      return encode(decided);
    }
    if (this instanceof Received received) {
      Octets frame = received.frame().encode();
      return new BodyWriter(1 + frame.length()).u8(0).fixed(frame).done();
    }
    BodyWriter out = new BodyWriter();
    if (this instanceof SetupDeadline) {
      out.u8(1);
    } else if (this instanceof Opened opened) {
      out.u8(2).u32(opened.segment()).digest(opened.batch()).u32(opened.lanes());
      out.i64(opened.deadlineEpochSecond());
    } else if (this instanceof Abandoned abandoned) {
      out.u8(4).u32(abandoned.segment());
    }
    return out.done();
  }

  // The largest record by far: its length is worked out before, so that the sum is copied once.
  private static Octets encode(Decided decided) {
    int manifests = decided.manifests().stream().mapToInt(Signed::encodedBytes).sum();
    BodyWriter out =
        new BodyWriter(1 + 3 * Integer.BYTES + manifests + decided.sum().length());
    out.u8(3).u32(decided.segment());
    out.list(decided.manifests(), (to, manifest) -> manifest.write(to));
    return out.blob(decided.sum()).done();
  }

  /**
   * The record with this encoding.
   *
   * @throws MalformedMessageException if there is none: the journal is damaged
   */
  static JournalRecord parse(Octets encoded) throws MalformedMessageException {
    BodyReader in = new BodyReader(encoded);
    JournalRecord record = switch (in.u8()) {
      case 0 -> received(in.rest());
      case 1 -> new SetupDeadline();
      case 2 -> new Opened(in.segment(), in.digest(), in.u32(SessionProposal.MAX_LANES), in.i64());
      case 3 ->
        new Decided(
            in.segment(), Signed.readList(in), in.blob(SessionProposal.MAX_LANES * Long.BYTES));
      case 4 -> new Abandoned(in.segment());
      default -> throw new MalformedMessageException("journal record must be known");
    };
    in.end();
    return record;
  }

  private static Received received(Octets frame) throws MalformedMessageException {
    if (Frame.parse(frame) instanceof SignedFrame signed) {
      return new Received(signed);
    }
    throw new MalformedMessageException("journal must hold signed frames");
  }
}
