package dev.retort.node.session;

import dev.retort.merkle.Digest;
import dev.retort.transfer.SignedManifest;
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

  /** Begins to hand over blocks of one study. */
  Submission submit(String studyId, int round);

  /** A stream of released blocks. Used by one thread. */
  interface Submission extends AutoCloseable {

    /** Sends a block, waiting while the line is full; false if the coordinator takes no more. */
    boolean send(dev.retort.label.LabelBlock block, long chargeSeq)
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
