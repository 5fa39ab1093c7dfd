package dev.retort.forecast;

/** By what a loss is converted to epsilon. */
public enum Accountant {
  /** Zero-concentrated differential privacy: the node's filter. It holds however queries are chosen. */
  ZCDP,

  /** The exact Gaussian curve: tighter, for a campaign whose noise and number of queries are fixed in advance. */
  GDP
}
