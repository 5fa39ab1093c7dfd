package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Feature distillation. */
public enum Features {
  /** Labels alone. */
  @JsonProperty("none")
  NONE,

  /** An intermediate layer is matched too. */
  @JsonProperty("hint")
  HINT
}
