package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.noise.DiscreteGaussian;
import java.util.List;

/**
 * S0: what the coordinator asks the nodes of a session to agree to.
 *
 * @param session 32 random bytes, never used before
 * @param expiresEpochSecond when the session ends, in seconds since 1970
 * @param task what the segments are about: the study's plan
 * @param noise the digest of the noise's parameters: mechanism, sigma, clipping
 * @param sums the form of the vectors
 * @param terms who is assumed to collude, and how small a cohort may become
 * @param roster the nodes, in the order of their keys' SHA-256 digests
 */
public record SessionProposal(
    Octets session,
    long expiresEpochSecond,
    Digest task,
    Digest noise,
    Sums sums,
    CohortTerms terms,
    List<RosterEntry> roster)
    implements Message {

  /** The most nodes of a roster. */
  static final int MAX_NODES = 4096;

  /** The most segments of a session; then there is a new one with new keys. */
  public static final int MAX_SEGMENTS = 64;

  /** The segments that one deal covers. */
  public static final int WINDOW = 16;

  /** The most lanes of a segment. */
  static final int MAX_LANES = 1 << 22;

  /**
   * The form of the vectors to be summed.
   *
   * @param sigma the noise's standard deviation in the sum of any certified survivors, in [1, 2^24)
   * @param largestValue no lane of a node's vector exceeds this in absolute value before noise; in [1, 2^40]
   * @param width the lanes' width
   * @param lanes the most lanes of a segment, in [1, 2^22]
   */
  public record Sums(int sigma, long largestValue, LaneWidth width, int lanes) {

    public Sums {
      if (sigma < 1 || sigma >= DiscreteGaussian.SIGMA_LIMIT) {
        throw new IllegalArgumentException("sigma must be in [1, 2^24): " + sigma);
      }
      if (largestValue < 1 || largestValue > 1L << 40) {
        throw new IllegalArgumentException("largestValue must be in [1, 2^40]: " + largestValue);
      }
      if (lanes < 1 || lanes > MAX_LANES) {
        throw new IllegalArgumentException("lanes must be in [1, 2^22]: " + lanes);
      }
    }
  }

  /**
   * A node of the roster.
   *
   * @param key the identity key, which no authority of the coordinator vouches for
   * @param certificate SHA-256 of the TLS certificate that it connects with
   */
  public record RosterEntry(VerifyingKey key, Digest certificate) {}

  public SessionProposal {
    roster = List.copyOf(roster);
    if (session.length() != SESSION_BYTES) {
      throw new IllegalArgumentException("session must be 32 bytes long: " + session.length());
    }
    if (roster.isEmpty() || roster.size() > MAX_NODES) {
      throw new IllegalArgumentException("roster must have 1 to 4096 nodes: " + roster.size());
    }
    for (int i = 1; i < roster.size(); i++) {
      if (!roster.get(i - 1).key().precedes(roster.get(i).key())) {
        throw new IllegalArgumentException(
            "roster must be in the order of the keys' digests, each once: entry " + i);
      }
    }
  }

  /** The nodes in the order in which a roster lists them. */
  public static List<RosterEntry> inOrder(List<RosterEntry> nodes) {
    return nodes.stream()
        .sorted((a, b) -> a.key().equals(b.key()) ? 0 : a.key().precedes(b.key()) ? -1 : 1)
        .toList();
  }

  @Override
  public MessageType type() {
    return MessageType.SESSION_PROPOSAL;
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
    out.i64(expiresEpochSecond).digest(task).digest(noise);
    out.u32(sums.sigma()).i64(sums.largestValue()).u8(sums.width().bits()).u32(sums.lanes());
    terms.write(out);
    out.list(roster, (to, entry) -> to.fixed(entry.key().raw()).digest(entry.certificate()));
  }

  static SessionProposal read(Octets session, BodyReader in) throws MalformedMessageException {
    return new SessionProposal(
        session,
        in.i64(),
        in.digest(),
        in.digest(),
        new Sums(in.u32(Integer.MAX_VALUE), in.i64(), width(in), in.u32(MAX_LANES)),
        CohortTerms.read(in),
        in.list(
            MAX_NODES,
            entry -> new RosterEntry(
                VerifyingKey.of(entry.fixed(VerifyingKey.BYTES).view()), entry.digest())));
  }

  static LaneWidth width(BodyReader in) throws MalformedMessageException {
    int bits = in.u8();
    for (LaneWidth width : LaneWidth.values()) {
      if (width.bits() == bits) {
        return width;
      }
    }
    throw new MalformedMessageException("lanes must have 16, 32 or 64 bits: " + bits);
  }
}
