package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Feature distillation: whether the student's hidden layer learns from the teachers' too, see {@link StudyPlan.Hints}. */
public enum Features {
  /** Labels alone. */
  @JsonProperty("none")
  NONE,

  /** It matches them beside the labels, at every step. */
  @JsonProperty("hint")
  HINT,

  /** It matches them in the warm-up and nothing else; labels follow (Romero and others 2015, section 2.3). */
  @JsonProperty("progressive")
  PROGRESSIVE
}
