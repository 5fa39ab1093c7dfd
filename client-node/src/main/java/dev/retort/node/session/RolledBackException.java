package dev.retort.node.session;

/**
 * A witness knows a tree of this node's ledger that the ledger itself does not contain: the store was put back to an older
 * copy, or a copy of it was continued elsewhere. Nothing may be released from it. The message is for the site's operator
 * and says what to do.
 */
public final class RolledBackException extends Exception {

  private static final long serialVersionUID = 1L;

  private final long knownSize;
  private final long ownSize;

  /**
   * Says what a witness knows.
   *
   * @param witness who knows more, in words
   * @param knownSize the size of the tree that it knows, signed by this ledger
   * @param ownSize the size of the tree in this store
   */
  RolledBackException(String witness, long knownSize, long ownSize) {
    super("the privacy ledger in this store is not the newest, so nothing is released: " + witness
        + " knows a checkpoint of " + knownSize
        + " entries, signed by this very node, and this store has "
        + ownSize + " entries "
        + (ownSize < knownSize ? "and lacks the rest" : "that went another way")
        + ". Either ledger.db was put back to an older copy, or a copy of this node was run."
        + " What to do: stop every other copy of this node; put back the newest copy of ledger.db, together with"
        + " ledger.db-wal if that lies beside it; start this node again. Never delete ledger.db: the node would forget"
        + " what it has spent. If the newest copy is lost, this data set's budget must be taken as spent; what may still"
        + " be done is in docs/operations.md under \"A node that was rolled back\".");
    this.knownSize = knownSize;
    this.ownSize = ownSize;
  }

  /** The size of the tree that the witness knows. */
  public long knownSize() {
    return knownSize;
  }

  /** The size of the tree in this store. */
  public long ownSize() {
    return ownSize;
  }
}
