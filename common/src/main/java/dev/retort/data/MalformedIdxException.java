package dev.retort.data;

/** An IDX file that does not hold what its header or its reader asks for. */
public final class MalformedIdxException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String file;

  MalformedIdxException(String file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  /** The name of the file. */
  public String file() {
    return file;
  }
}
