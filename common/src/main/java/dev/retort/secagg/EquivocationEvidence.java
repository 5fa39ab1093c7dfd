package dev.retort.secagg;

import dev.retort.secagg.MessageType.Repeats;
import java.util.Collection;

/**
 * Two signed messages by which one sender says two things in one place of the protocol. An honest sender never makes
 * them, whatever it is sent and whenever it crashes, so they are proof against it to anybody who knows its key.
 *
 * @param first the one
 * @param second the other
 */
public record EquivocationEvidence(Signed first, Signed second) {

  /** What evidence comes to. */
  public enum Verdict {
    /** The sender said both. */
    PROVEN,
    /** Nobody among the keys signed both. */
    NOT_SIGNED,
    /** Both are signed and do not contradict each other. */
    NO_CONTRADICTION
  }

  /** Judges by the messages and keys alone. */
  public Verdict judge(Collection<VerifyingKey> keys) {
    boolean signed = keys.stream().anyMatch(key -> first.isSignedBy(key) && second.isSignedBy(key));
    if (!signed) {
      return Verdict.NOT_SIGNED;
    }
    return contradict(first, second) ? Verdict.PROVEN : Verdict.NO_CONTRADICTION;
  }

  /** Whether two messages of one signer cannot both be an honest one's. */
  private static boolean contradict(Signed first, Signed second) {
    if (first.type() != second.type()
        || first.type().repeats() != Repeats.NEVER
        || first.body().equals(second.body())) {
      return false;
    }
    try {
      return first.parse().slot().equals(second.parse().slot());
    } catch (MalformedMessageException e) {
      return false;
    }
  }
}
