package dev.retort.forecast;

/** Whose loss a bound is on. */
public enum Scope {
  /** One privacy unit, towards one site: what that site's ledger charges. */
  UNIT_AT_ONE_SITE,

  /** One privacy unit, towards all sites that hold records of it. */
  UNIT_IN_FEDERATION,

  /** All records of a site at once: all its teachers may change together. */
  WHOLE_SITE
}
