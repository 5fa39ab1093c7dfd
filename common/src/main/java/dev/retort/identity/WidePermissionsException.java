package dev.retort.identity;

import java.io.IOException;
import java.nio.file.Path;

/** A file or directory of secrets that others than its owner may reach. */
public final class WidePermissionsException extends IOException {

  private final transient Path path;

  WidePermissionsException(Path path, String found, String rule, String chmod) {
    super("permissions of " + path + " must be " + rule + ": " + found + "; fix it with: chmod "
        + chmod + " " + path);
    this.path = path;
  }

  /** What has the wrong permissions. */
  public Path path() {
    return path;
  }
}
