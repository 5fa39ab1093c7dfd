package dev.retort.node.session;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SignedManifest;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A coordinator as a study at a node sees it. Every call ends within its deadline. Safe for use by several threads. */
interface Coordinator {

  /** Tells something on the work stream; dropped where there is none, for the coordinator repeats its orders. */
  void tell(Report report);

  /** The manifest of this digest, not yet verified; null if the coordinator does not hold it. */
  @Nullable
  SignedManifest manifest(Digest digest) throws CoordinatorLostException, InterruptedException;

  /** The chunk of this digest, not yet verified; null if the coordinator does not hold it. */
  byte @Nullable [] chunk(Digest digest) throws CoordinatorLostException, InterruptedException;

  /** Has the coordinator, or another node by way of it, look at a checkpoint of this node's ledger. */
  WitnessOutcome witness(WireWitness.Question question)
      throws CoordinatorLostException, InterruptedException;

  /** Other nodes that serve as witnesses, at most {@code most}: those whose names follow this node's, in a circle. */
  List<Peer> peers(int most) throws CoordinatorLostException, InterruptedException;

  /**
   * Another node as a witness.
   *
   * @param node its id
   * @param key the key by which it cosigns, as the coordinator enrolled it
   */
  record Peer(String node, VerifierKey key) {}

  /** Begins to hand over blocks of one study. */
  Submission submit(String studyId, int round);

  /** A stream of released blocks. Used by one thread. */
  interface Submission extends AutoCloseable {

    /** Sends a block with the proof of its release, waiting while the line is full; false if no more is taken. */
    boolean send(LabelBlock block, ReleaseProof proof)
        throws CoordinatorLostException, InterruptedException;

    /** Ends the stream and waits until the blocks are durable at the coordinator. */
    Receipt finish() throws CoordinatorLostException, InterruptedException;

    /** Gives the stream up, if it is not finished. */
    @Override
    void close();
  }

  /** What became of a submission. */
  sealed interface Receipt {

    /** The blocks are durable. */
    record Stored(int blocks) implements Receipt {}

    /** The study takes no more labels. */
    record TooLate() implements Receipt {}

    /** A block does not fit. */
    record Rejected(long firstSample, String message) implements Receipt {}
  }
}
