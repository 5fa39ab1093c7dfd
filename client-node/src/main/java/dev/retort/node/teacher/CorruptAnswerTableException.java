package dev.retort.node.teacher;

import java.nio.file.Path;

/** A saved vote table that is damaged or was made of something else: the teachers must be trained again. */
public final class CorruptVoteTableException extends Exception {

  private static final long serialVersionUID = 1L;

  CorruptVoteTableException(Path file, String problem) {
    super(file + ": " + problem + "; the teachers are trained again");
  }
}
