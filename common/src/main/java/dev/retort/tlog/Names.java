package dev.retort.tlog;

import java.util.regex.Pattern;

/** What a name in a ledger may look like: printable ASCII without spaces, so that it reads the same everywhere. */
public final class Names {

  private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");

  private Names() {}

  /** Refuses a name of another form. */
  public static void require(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          field + " must be 1 to 128 printable ASCII characters without spaces: " + name);
    }
  }
}
