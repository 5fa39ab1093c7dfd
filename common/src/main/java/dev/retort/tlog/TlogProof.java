package dev.retort.tlog;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proof that an entry is in a log, to be checked offline (C2SP tlog-proof): its index, the hashes up to the root, and the
 * signed checkpoint of that root.
 *
 * @param extra base64 of data that the proof does not protect, or empty
 * @param index the entry's index
 * @param hashes from the leaf's sibling to the root's child
 * @param note the checkpoint as the log and its witnesses signed it
 */
public record TlogProof(String extra, long index, List<Digest> hashes, SignedNote note) {

  private static final String HEADER = "c2sp.org/tlog-proof@v1\n";

  /** No tree that a long can count is higher. */
  private static final int MAX_HASHES = 63;

  private static final Pattern FORM = Pattern.compile(Pattern.quote(HEADER)
      + "(?:extra ([A-Za-z0-9+/]+={0,2})\n)?index (0|[1-9][0-9]{0,17})\n((?:[A-Za-z0-9+/]{43}=\n){0,"
      + MAX_HASHES + "})\n");

  public TlogProof {
    hashes = List.copyOf(hashes);
    if (index < 0) {
      throw new IllegalArgumentException("index must be >= 0: " + index);
    }
    if (hashes.size() > MAX_HASHES) {
      throw new IllegalArgumentException(
          "proof must have at most " + MAX_HASHES + " hashes: " + hashes.size());
    }
    if (!extra.isEmpty() && NoteText.base64(extra).length == 0) {
      throw new IllegalArgumentException("extra must be base64: " + extra);
    }
  }

  /**
   * Proves that the entry at {@code index} is in the tree of a checkpoint.
   *
   * @param log the hashes of a log that has grown to the checkpoint's size or beyond
   * @throws MalformedLogException if {@code note} is no checkpoint
   */
  public static TlogProof of(long index, HashReader log, SignedNote note)
      throws MalformedLogException, LogUnavailableException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    return new TlogProof(
        "", index, new MerkleProver(log).inclusion(index, checkpoint.size()), note);
  }

  /**
   * Reads a proof.
   *
   * @throws MalformedLogException if it is none
   */
  public static TlogProof parse(String text) throws MalformedLogException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.lookingAt()) {
      throw new MalformedLogException(
          "proof must be c2sp.org/tlog-proof@v1, optional extra, index, hashes and a checkpoint");
    }
    String extra = matcher.group(1) == null ? "" : matcher.group(1);
    if (!extra.isEmpty() && NoteText.base64(extra).length == 0) {
      throw new MalformedLogException("extra must be base64: " + extra);
    }
    List<Digest> hashes = new ArrayList<>();
    for (String line : matcher.group(3).lines().toList()) {
      byte[] hash = NoteText.base64(line);
      if (hash.length != Digest.BYTES) {
        throw new MalformedLogException("hash must be base64 of 32 bytes: " + line);
      }
      hashes.add(Digest.ofBytes(hash));
    }
    SignedNote note = SignedNote.parse(text.substring(matcher.end()));
    Checkpoint.parse(note.text());
    return new TlogProof(extra, Long.parseLong(matcher.group(2)), hashes, note);
  }

  /** The proof as {@link #parse} reads it. */
  public String encode() {
    StringBuilder text = new StringBuilder(HEADER);
    if (!extra.isEmpty()) {
      text.append("extra ").append(extra).append('\n');
    }
    text.append("index ").append(index).append('\n');
    for (Digest hash : hashes) {
      text.append(NoteText.base64(hash.bytes())).append('\n');
    }
    return text.append('\n').append(note.encode()).toString();
  }

  /** Whether this proves that {@code entry} is in a log that {@code policy} accepts, cosigned as it asks. */
  public boolean proves(byte[] entry, WitnessPolicy policy) {
    return policy.accepts(note) && leadsTo(MerkleTree.leaf(entry));
  }

  /** Whether this proves that {@code entry} is in the log with that key; cosignatures are not looked at. */
  public boolean proves(byte[] entry, VerifierKey log) {
    return note.isSignedBy(log)
        && note.text().startsWith(log.name() + "\n")
        && leadsTo(MerkleTree.leaf(entry));
  }

  private boolean leadsTo(Digest leaf) {
    try {
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      return MerkleProofs.verifyInclusion(
          leaf, index, checkpoint.size(), hashes, checkpoint.root());
    } catch (MalformedLogException e) {
      return false;
    }
  }
}
