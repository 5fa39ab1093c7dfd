package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The noise mechanisms. */
public enum MechanismKind {
  /** Exact discrete Gaussian noise on integers (Canonne, Kamath and Steinke 2020). */
  @JsonProperty("discrete-gaussian")
  DISCRETE_GAUSSIAN,

  /** The same noise on sums of clipped public features, a sum a class: see {@link StudyPlan.ClassSums}. */
  @JsonProperty("class-sums")
  CLASS_SUMS
}
