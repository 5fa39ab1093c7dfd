package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose noise protects a site. */
public enum Aggregation {
  /** Each site's own, in full. */
  @JsonProperty("local")
  LOCAL,

  /** All sites' together, under secure aggregation. */
  @JsonProperty("secure")
  SECURE
}
