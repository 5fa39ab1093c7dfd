package dev.retort.coordinator.student;

import dev.retort.plan.ClassShares;

/**
 * How labels become a posterior, once the basis is chosen.
 *
 * @param basis what they are smoothed over
 * @param shares how frequent the classes are taken to be among the samples
 */
record Smoothing(PublicBasis basis, ClassShares shares) {

  /** The posterior of {@code labels}, of all of them or of those that are not held out. */
  LabelPosterior of(LabelEstimate labels) {
    return of(LabelPosterior.of(labels, basis));
  }

  /** A posterior over the basis, with the classes' shares put right. */
  LabelPosterior of(LabelPosterior posterior) {
    return shares == ClassShares.EVEN ? posterior.evened() : posterior;
  }
}
