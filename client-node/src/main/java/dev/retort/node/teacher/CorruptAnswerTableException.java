package dev.retort.node.teacher;

import java.nio.file.Path;

/** Saved answers that are damaged or were made of something else: they must be computed again. */
public final class CorruptAnswerTableException extends Exception {

  private static final long serialVersionUID = 1L;

  CorruptAnswerTableException(Path file, String problem) {
    super(file + ": " + problem + "; it is computed again");
  }
}
