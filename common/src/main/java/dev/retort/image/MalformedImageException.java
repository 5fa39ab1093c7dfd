package dev.retort.image;

/** A file that is no picture that can be read. The message names a rule, never what the file holds or is called. */
public final class MalformedImageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String rule;
  private final String fix;

  MalformedImageException(String rule, String fix) {
    super("image " + rule + "; " + fix);
    this.rule = rule;
    this.fix = fix;
  }

  /** What must hold, as {@code must be ...}. */
  public String rule() {
    return rule;
  }

  /** What to do about it. */
  public String fix() {
    return fix;
  }
}
