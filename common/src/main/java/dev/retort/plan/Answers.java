package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a label block holds. */
public enum Answers {
  /** The noised sum of all teachers' labels, all classes. */
  @JsonProperty("histogram")
  HISTOGRAM
}
