package dev.retort.privacy;

import java.util.regex.Pattern;

/**
 * Whom a guarantee protects, and how much of a site's teachers such a unit can change. It fixes, together with the
 * mechanism, the sensitivity; nobody types that in.
 *
 * @param name the unit's word, such as {@code patient}: 1 to 64 printable ASCII characters without spaces
 * @param shards the most shards, and so teachers, that hold records of one unit, at least 1
 */
public record PrivacyUnit(String name, int shards) {

  /** What a name may look like. */
  public static final String RULE = "1 to 64 printable ASCII characters without spaces";

  private static final Pattern NAME = Pattern.compile("[!-~]{1,64}");

  public PrivacyUnit {
    if (!isName(name)) {
      throw new IllegalArgumentException("privacy unit must be " + RULE + ": " + name);
    }
    if (shards < 1) {
      throw new IllegalArgumentException("shards of a privacy unit must be >= 1: " + shards);
    }
  }

  /** Whether a text may name a unit. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The unit by which records are sharded: all its records lie in one shard, and change one teacher. */
  public static PrivacyUnit ofOneShard(String name) {
    return new PrivacyUnit(name, 1);
  }

  /** A whole site, all of whose teachers may change at once: for planning, since it seldom leaves a useful guarantee. */
  public static PrivacyUnit institution(int teachers) {
    return new PrivacyUnit("institution", teachers);
  }
}
