package dev.retort.secagg;

import java.util.ArrayList;
import java.util.List;

/** What a manifest says of a masked vector: SHA-256 over the SHA-256 digests of its chunks. */
final class VectorDigest {

  /** The chunks of the longest vector of the widest lanes. */
  static final int MAX_CHUNKS = SessionProposal.MAX_LANES * Long.BYTES / Frame.CHUNK_BYTES;

  private VectorDigest() {}

  /** The digest over chunks' digests, in order. */
  static Octets of(List<Octets> chunks) {
    BodyWriter all = new BodyWriter();
    chunks.forEach(all::fixed);
    return Octets.sha256(Hkdf.label("vector"), all.done().view());
  }

  /** The digest of a vector's bytes in full chunks. */
  static Octets of(Lanes lanes) {
    List<Octets> digests = new ArrayList<>();
    byte[] bytes = new byte[Math.min(Frame.CHUNK_BYTES, lanes.byteLength())];
    for (int chunk = 0; chunk < chunks(lanes.byteLength()); chunk++) {
      int length = chunkLength(lanes.byteLength(), chunk);
      lanes.write(firstLane(lanes, chunk), bytes, length);
      digests.add(Octets.sha256(bytes, 0, length));
    }
    return of(digests);
  }

  /** How many chunks so many bytes are. */
  static int chunks(int bytes) {
    return (bytes + Frame.CHUNK_BYTES - 1) / Frame.CHUNK_BYTES;
  }

  /** How long a chunk of so many bytes must be. */
  static int chunkLength(int bytes, int chunk) {
    return Math.min(Frame.CHUNK_BYTES, bytes - chunk * Frame.CHUNK_BYTES);
  }

  /** A chunk's bytes. */
  static byte[] chunk(Lanes lanes, int chunk) {
    byte[] bytes = new byte[chunkLength(lanes.byteLength(), chunk)];
    lanes.write(firstLane(lanes, chunk), bytes, bytes.length);
    return bytes;
  }

  /** The first lane of a chunk. */
  static int firstLane(Lanes lanes, int chunk) {
    return chunk * (Frame.CHUNK_BYTES / lanes.width().bytes());
  }
}
