package dev.retort.secagg;

import java.util.List;

/** What a transport carries between a node and the coordinator: one of these at a time, in the order sent. */
public sealed interface Frame {

  /** The largest chunk of a masked vector. */
  int CHUNK_BYTES = 1 << 20;

  /** The most parts of a signed frame: a packet a committee member and the locked seeds of a window. */
  int MAX_PARTS = ShamirSharing.MAX_SHARES + SessionProposal.WINDOW;

  /** The largest part. */
  int MAX_PART_BYTES = 1 << 20;

  /**
   * A signed message, with parts whose digests it names: a relay passes on the message whole, and of the parts only what
   * concerns the receiver.
   */
  record SignedFrame(Signed message, List<Octets> parts) implements Frame {

    public SignedFrame {
      parts = List.copyOf(parts);
    }

    SignedFrame(Signed message) {
      this(message, List.of());
    }
  }

  /**
   * A piece of a masked vector. It is believed only with the manifest that names its digest.
   *
   * @param session the session's id
   * @param segment the segment
   * @param node whose vector
   * @param index which piece, from 0; all but the last are {@link #CHUNK_BYTES} long
   * @param bytes the piece
   */
  record Chunk(Octets session, int segment, int node, int index, Octets bytes) implements Frame {}

  /** The frame's encoding. */
  default Octets encode() {
    BodyWriter out = new BodyWriter(encodedBytes());
    if (this instanceof SignedFrame signed) {
      out.u8(0);
      signed.message().write(out);
      out.list(signed.parts(), BodyWriter::blob);
    } else if (this instanceof Chunk chunk) {
      out.u8(1).fixed(chunk.session()).u32(chunk.segment()).u32(chunk.node()).u32(chunk.index());
      out.blob(chunk.bytes());
    }
    return out.done();
  }

  /** How long the encoding is. */
  private int encodedBytes() {
    if (this instanceof SignedFrame signed) {
      int parts = signed.parts().stream()
          .mapToInt(part -> Integer.BYTES + part.length())
          .sum();
      return 1 + signed.message().encodedBytes() + Integer.BYTES + parts;
    }
    return 1
        + Message.SESSION_BYTES
        + 4 * Integer.BYTES
        + ((Chunk) this).bytes().length();
  }

  /**
   * The frame with this encoding.
   *
   * @throws MalformedMessageException if there is none
   */
  static Frame parse(Octets encoded) throws MalformedMessageException {
    BodyReader in = new BodyReader(encoded);
    Frame frame = switch (in.u8()) {
      case 0 ->
        new SignedFrame(Signed.read(in), in.list(MAX_PARTS, part -> part.blob(MAX_PART_BYTES)));
      case 1 ->
        new Chunk(
            in.fixed(Message.SESSION_BYTES),
            in.u32(SessionProposal.MAX_SEGMENTS - 1),
            in.u32(SessionProposal.MAX_NODES - 1),
            in.u32(VectorDigest.MAX_CHUNKS - 1),
            in.blob(CHUNK_BYTES));
      default -> throw new MalformedMessageException("frame must be signed or a chunk");
    };
    in.end();
    return frame;
  }
}
