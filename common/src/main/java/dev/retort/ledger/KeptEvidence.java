package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.util.List;
import java.util.Optional;

/**
 * The signed messages beside a ledger that show that refusals in secure sums were right. Nothing it returns is believed:
 * whoever reads a message compares its digest.
 */
public interface KeptEvidence {

  /** None, as where it was left out. */
  KeptEvidence NONE = new KeptEvidence() {
    @Override
    public boolean isGiven() {
      return false;
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public Optional<byte[]> message(Digest digest) {
      return Optional.empty();
    }
  };

  /** Whether it was handed over; an export may leave it out. */
  boolean isGiven();

  /** The names of all messages, ascending: digests in hexadecimal, where nobody meddled with them. */
  List<String> names() throws MalformedLogException, LogUnavailableException;

  /** The message under the name of a digest, if there is one and it is no longer than evidence may be. */
  Optional<byte[]> message(Digest digest) throws MalformedLogException, LogUnavailableException;
}
