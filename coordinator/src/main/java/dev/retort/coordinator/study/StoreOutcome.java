package dev.retort.coordinator.study;

/** What became of submitted label blocks. Either all of a submission is durable, or none of it changed anything. */
public sealed interface StoreOutcome {

  /**
   * All are durable.
   *
   * @param blocks how many, with those that had been stored before
   */
  record Stored(int blocks) implements StoreOutcome {}

  /** The study takes no more labels. */
  record TooLate() implements StoreOutcome {}

  /**
   * A block contradicts a stored one or does not fit the plan.
   *
   * @param firstSample the offending block's first sample
   * @param message the rule and the value
   */
  record Rejected(long firstSample, String message) implements StoreOutcome {}
}
