package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.util.List;
import java.util.Optional;

/** A log in the hands of its owner, who has it witnessed. Safe for use by several threads. */
public interface OwnLog {

  /** The key by which anybody verifies what the log signs now. */
  VerifierKey verifierKey();

  /** All its keys, one after the other. */
  KeyHistory keys();

  /**
   * The rotations of its key from entry {@code since} on, oldest first, each with the proof that it is in the tree over the
   * first {@code size} entries.
   */
  List<SignedRotation> rotations(long since, long size) throws LogUnavailableException;

  /** The signed checkpoint over all entries, as a C2SP signed note. */
  String checkpoint() throws LogUnavailableException;

  /** The root of the tree over the first {@code size} entries, if there are so many. */
  Optional<Digest> root(long size) throws LogUnavailableException;

  /** Proves that the tree over the first {@code oldSize} entries is a prefix of that over the first {@code size}. */
  List<Digest> consistency(long oldSize, long size) throws LogUnavailableException;

  /** The newest checkpoint that each witness cosigned, by ascending name of the witness. */
  List<String> cosigned() throws LogUnavailableException;

  /**
   * Keeps the newest checkpoint that a witness cosigned.
   *
   * @param witness the key of its cosignatures
   * @param note the checkpoint, signed by this log and cosigned
   */
  void putCosigned(VerifierKey witness, String note) throws LogUnavailableException;
}
