package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether something is done. */
public enum Switch {
  /** It is not. */
  @JsonProperty("off")
  OFF,

  /** It is. */
  @JsonProperty("on")
  ON
}
