package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.util.Optional;

/**
 * Shows that an answer was paid for and released: the charge and the release in a node's ledger, both in one tree. Whoever
 * trusts that tree's root, because a witness accepted it, needs nothing else of the ledger.
 *
 * @param charge the charge
 * @param release the release
 * @param size the tree's size
 */
public record ReleaseProof(EntryProof charge, EntryProof release, long size) {

  /**
   * What a proof must show.
   *
   * @param keys the ledger's, as far as they are known
   * @param campaign the digest of the study plan
   * @param batch the digest of the samples
   * @param outputs their count
   * @param party on whose behalf
   * @param mechanism the study plan's, which the charge's query digest must be under
   * @param answer {@link dev.retort.label.LabelBlock#digest} of the answer
   */
  public record Claim(
      KeyHistory keys,
      Digest campaign,
      Digest batch,
      int outputs,
      Party party,
      Mechanism mechanism,
      Digest answer) {}

  /** Which rule a proof breaks. */
  public enum Flaw {
    /** There is no proof. */
    MISSING,
    /** An envelope, an entry or a digest breaks its form. */
    MALFORMED,
    /** An envelope is not signed by the ledger's key. */
    SIGNATURE,
    /** The entries are not a charge and its release, each at its sequence number. */
    ENTRIES,
    /** The charge names another study plan. */
    CAMPAIGN,
    /** The charge is for other samples, or its query digest is for another mechanism. */
    QUERY,
    /** The charge was made on behalf of another coordinator. */
    PARTY,
    /** The release is of another answer. */
    ANSWER,
    /** No tree of this size was accepted. */
    TREE,
    /** The path does not lead to the root of the accepted tree. */
    INCLUSION
  }

  /** A proof does not show what it must. */
  public static final class UnprovenReleaseException extends Exception {

    private final Flaw flaw;

    public UnprovenReleaseException(Flaw flaw, String message) {
      super(message);
      this.flaw = flaw;
    }

    UnprovenReleaseException(Flaw flaw, String message, Throwable cause) {
      super(message, cause);
      this.flaw = flaw;
    }

    /** Which rule it breaks. */
    public Flaw flaw() {
      return flaw;
    }
  }

  /** Finds what is trusted of a ledger. */
  @FunctionalInterface
  public interface TrustedRoots {

    /** The root of the trusted tree of this size, if there is one. */
    Optional<Digest> root(long size) throws LogUnavailableException;
  }

  /**
   * Does nothing if the proof shows the claim.
   *
   * @param roots the trees that are trusted
   * @throws UnprovenReleaseException naming the first rule that is broken
   * @throws LogUnavailableException if it cannot be found out which trees are trusted
   */
  public void verify(Claim claim, TrustedRoots roots)
      throws UnprovenReleaseException, LogUnavailableException {
    requireSigned(charge, claim.keys());
    requireSigned(release, claim.keys());
    Charge paid = entry(charge, Charge.class);
    Release released = entry(release, Release.class);
    require(
        released.charge() == charge.seq() && charge.seq() < release.seq(),
        Flaw.ENTRIES,
        "release must name the charge, " + charge.seq() + ": " + released.charge());
    Query query = paid.query();
    require(
        query.campaign().equals(claim.campaign()),
        Flaw.CAMPAIGN,
        "charge must name the study plan, " + claim.campaign() + ": " + query.campaign());
    require(
        query.batch().equals(claim.batch()) && query.outputs() == claim.outputs(),
        Flaw.QUERY,
        "charge must be for the block's " + claim.outputs() + " samples, batch " + claim.batch()
            + ": " + query.outputs() + ", " + query.batch());
    require(
        paid.queryDigest().equals(query.digest(claim.mechanism())),
        Flaw.QUERY,
        "charge must be for the plan's mechanism, query digest " + query.digest(claim.mechanism())
            + ": " + paid.queryDigest());
    require(
        paid.party().equals(claim.party()),
        Flaw.PARTY,
        "charge must be on behalf of " + claim.party() + ": " + paid.party());
    require(
        released.answerDigest().equals(claim.answer()),
        Flaw.ANSWER,
        "release must be of the block's labels, " + claim.answer() + ": "
            + released.answerDigest());
    Digest root = roots
        .root(size)
        .orElseThrow(() -> new UnprovenReleaseException(
            Flaw.TREE, "tree must be one that the witness has accepted: size " + size));
    require(
        charge.leadsTo(root, size) && release.leadsTo(root, size),
        Flaw.INCLUSION,
        "charge and release must be in the accepted tree of size " + size);
  }

  // The key may have changed between the two, or after both.
  private static void requireSigned(EntryProof proof, KeyHistory keys)
      throws UnprovenReleaseException {
    require(
        proof.envelope().isSignedBy(keys.at(proof.seq())),
        Flaw.SIGNATURE,
        "envelope of entry " + proof.seq() + " must be signed by " + keys.at(proof.seq()));
  }

  private static <T extends LedgerEntry> T entry(EntryProof proof, Class<T> kind)
      throws UnprovenReleaseException {
    LedgerRecord line;
    try {
      line = EntryCodec.decode(proof.envelope().payload());
    } catch (MalformedLogException e) {
      throw new UnprovenReleaseException(
          Flaw.MALFORMED, "entry must be readable: " + e.getMessage(), e);
    }
    require(
        kind.isInstance(line.entry()) && line.seq() == proof.seq(),
        Flaw.ENTRIES,
        "entry " + proof.seq() + " must be a " + kind.getSimpleName() + ": entry " + line.seq()
            + " is a " + line.entry().type());
    return kind.cast(line.entry());
  }

  private static void require(boolean holds, Flaw flaw, String message)
      throws UnprovenReleaseException {
    if (!holds) {
      throw new UnprovenReleaseException(flaw, message);
    }
  }
}
