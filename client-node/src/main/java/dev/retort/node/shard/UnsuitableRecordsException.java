package dev.retort.node.shard;

/** A site's records cannot serve a study. */
public final class UnsuitableRecordsException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String publicMessage;

  /**
   * Creates it.
   *
   * @param publicMessage one sentence for the consortium operator, that holds nothing about the site's records
   * @param detail what the site's operator should know, for the local log alone
   */
  public UnsuitableRecordsException(String publicMessage, String detail) {
    super(detail);
    this.publicMessage = publicMessage;
  }

  /** Creates it for a malformed file. */
  public UnsuitableRecordsException(String publicMessage, Exception cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    this.publicMessage = publicMessage;
  }

  /** One sentence that may leave the site. */
  public String publicMessage() {
    return publicMessage;
  }
}
