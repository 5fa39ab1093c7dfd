package dev.retort.data;

/** A table that does not follow its schema. The message names places and rules, never the content of a cell. */
public final class MalformedTableException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final long row;

  private MalformedTableException(String file, long row, String problem) {
    super(problem);
    this.file = file;
    this.row = row;
  }

  static MalformedTableException inHeader(String file, String rule, String fix) {
    return new MalformedTableException(file, 0, file + ": header " + rule + "; " + fix);
  }

  static MalformedTableException inRow(String file, long row, String rule, String fix) {
    return new MalformedTableException(file, row, file + ": row " + row + " " + rule + "; " + fix);
  }

  static MalformedTableException inCell(
      String file, long row, String column, String rule, String fix) {
    return new MalformedTableException(
        file, row, file + ": row " + row + ", column \"" + column + "\" " + rule + "; " + fix);
  }

  /** The name of the file. */
  public String file() {
    return file;
  }

  /** The row, counted from 1 without the header; 0 where the header is at fault. */
  public long row() {
    return row;
  }
}
