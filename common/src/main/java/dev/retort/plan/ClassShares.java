package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How frequent the classes are taken to be among the public samples. */
public enum ClassShares {
  /** As the labels have it. */
  @JsonProperty("labels")
  LABELS,

  /** All alike, as whoever chose the samples knows; labels that favour some classes are put right by it. */
  @JsonProperty("even")
  EVEN
}
