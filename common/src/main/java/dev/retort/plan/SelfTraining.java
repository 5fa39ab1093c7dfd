package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the student labels the transfer set once more. */
public enum SelfTraining {
  /** When the known noise says that it helps. */
  @JsonProperty("auto")
  AUTO,

  /** Never. */
  @JsonProperty("off")
  OFF
}
