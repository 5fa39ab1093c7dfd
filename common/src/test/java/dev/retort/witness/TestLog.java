package dev.retort.witness;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.MerkleProver;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.StoredHashes;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A log in memory that can be copied and then go another way. */
final class TestLog {

  final LogSigner signer;
  private final List<String> entries = new ArrayList<>();
  private final StoredHashes hashes = new StoredHashes();
  private final MerkleLog tree = new MerkleLog();

  TestLog(String origin) {
    this(new UnsafeTestSigner(origin, origin));
  }

  TestLog(LogSigner signer) {
    this.signer = signer;
  }

  TestLog append(String entry) {
    entries.add(entry);
    hashes.addAll(tree.append(entry.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** The log as it was at {@code size}, with the same key. */
  TestLog copy(long size) {
    TestLog copy = new TestLog(signer);
    entries.subList(0, (int) size).forEach(copy::append);
    return copy;
  }

  long size() {
    return tree.size();
  }

  VerifierKey key() {
    return VerifierKey.ofLog(signer);
  }

  Digest root(long size) {
    try {
      return new MerkleProver(hashes).root(size);
    } catch (LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  List<Digest> proof(long oldSize, long size) {
    try {
      return new MerkleProver(hashes).consistency(oldSize, size);
    } catch (LogUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  String note(long size) {
    return SignedNote.sign(new Checkpoint(signer.name(), size, root(size)).text(), signer)
        .encode();
  }

  String note() {
    return note(size());
  }

  /** Shows its newest tree to a witness. */
  WitnessOutcome show(Witness witness, long oldSize) {
    return witness.add(
        key(), oldSize, oldSize <= size() ? proof(oldSize, size()) : List.of(), note(), List.of());
  }
}
