package dev.retort.tlog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that signed a log, one after the other, as its rotations say. Immutable and safe for use by several threads.
 *
 * @param spans at least one, by ascending first entry
 */
public record KeyHistory(List<Span> spans) {

  /**
   * A key and where it begins.
   *
   * @param first the index of the first entry that it signs; the rotation before it bears its signature as well
   */
  public record Span(VerifierKey key, long first) {}

  public KeyHistory {
    spans = List.copyOf(spans);
    if (spans.isEmpty() || spans.get(0).first() != 0) {
      throw new IllegalArgumentException("spans must begin with the first entry: " + spans);
    }
  }

  /** A log that one key signed. */
  public static KeyHistory of(VerifierKey only) {
    return new KeyHistory(List.of(new Span(only, 0)));
  }

  /** The key of the first entry. */
  public VerifierKey first() {
    return spans.get(0).key();
  }

  /** The key that signs now. */
  public VerifierKey current() {
    return spans.get(spans.size() - 1).key();
  }

  /**
   * The key that signs the checkpoint of the tree over the first {@code size} entries, and the entry that follows them. A
   * rotation is already covered by a checkpoint of the new key.
   */
  public VerifierKey at(long size) {
    VerifierKey key = first();
    for (Span span : spans) {
      key = span.first() <= size ? span.key() : key;
    }
    return key;
  }

  /** Whether a key signs the log, or once did. */
  public boolean includes(VerifierKey key) {
    return spans.stream().anyMatch(span -> span.key().equals(key));
  }

  /** The indexes of the rotations from entry {@code since} on. */
  public List<Long> rotations(long since) {
    return spans.stream()
        .skip(1)
        .map(span -> span.first() - 1)
        .filter(seq -> seq >= since)
        .toList();
  }

  /** The rule that a rotation breaks as the next one, if it breaks any; signatures are not looked at. */
  public Optional<String> objection(KeyRotation next) {
    if (!next.from().equals(current())) {
      return Optional.of("old key must be the log's key, " + current() + ": " + next.from());
    }
    if (next.to().equals(next.from())) {
      return Optional.of("new key must be another than the old one: " + next.to());
    }
    // A retired key may have been retired because somebody else has it. And a second key with the
    // id
    // of the first could not be told from it in an envelope.
    if (spans.stream().anyMatch(span -> span.key().keyId().equals(next.to().keyId()))) {
      return Optional.of("new key must be one that the log never had: " + next.to());
    }
    return Optional.empty();
  }

  /**
   * This history, and another key after it.
   *
   * @param seq the index of the rotation
   * @throws IllegalArgumentException if the rotation breaks a rule
   */
  public KeyHistory with(long seq, KeyRotation next) {
    Optional<String> objection = objection(next);
    if (objection.isPresent()) {
      throw new IllegalArgumentException(objection.get());
    }
    if (seq < spans.get(spans.size() - 1).first()) {
      throw new IllegalArgumentException(
          "rotation must follow the one before, " + spans + ": entry " + seq);
    }
    List<Span> longer = new ArrayList<>(spans);
    longer.add(new Span(next.to(), seq + 1));
    return new KeyHistory(longer);
  }

  /** The key of this log that signed a note, whether its time is over or not, if one did. */
  public Optional<VerifierKey> signer(SignedNote note) {
    return spans.stream().map(Span::key).filter(note::isSignedBy).findFirst();
  }

  /**
   * Whether the owner of this log signed a note: with one of these keys, or with one that rotations lead to which one of
   * these keys signed, though this history may not hold them.
   *
   * @param rotations oldest first
   */
  public boolean isOwners(SignedNote note, List<SignedRotation> rotations) {
    Set<VerifierKey> own = new HashSet<>();
    spans.forEach(span -> own.add(span.key()));
    for (SignedRotation one : rotations) {
      if (own.contains(one.rotation().from()) && one.isSignedByBoth()) {
        own.add(one.rotation().to());
      }
    }
    return own.stream().anyMatch(note::isSignedBy);
  }

  /** The key of this log that signed an entry, whether its time is over or not, if one did. */
  public Optional<VerifierKey> signer(Envelope envelope) {
    return spans.stream().map(Span::key).filter(envelope::isSignedBy).findFirst();
  }
}
