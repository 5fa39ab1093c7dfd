package dev.retort.data;

import org.jspecify.annotations.Nullable;

/**
 * Which columns of a private table say to whom and to where a row belongs.
 *
 * @param unit the column of the privacy unit, such as a patient number, or null if each row is a unit of its own
 * @param site the column of the site, for simulation, or null
 */
public record PrivateColumns(
    @Nullable String unit, @Nullable String site) {

  /** Each row a unit of its own, no site. */
  public static PrivateColumns none() {
    return new PrivateColumns(null, null);
  }

  /** As this, with the privacy unit in {@code column}. */
  public PrivateColumns withUnit(String column) {
    return new PrivateColumns(column, site);
  }

  /** As this, with the site in {@code column}. */
  public PrivateColumns withSite(String column) {
    return new PrivateColumns(unit, column);
  }
}
