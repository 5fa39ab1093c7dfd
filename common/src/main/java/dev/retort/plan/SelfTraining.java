package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether labels are made alike among neighbours once more before the student learns them. */
public enum SelfTraining {
  /** When the known noise says that it may help, and labels held out do not say that it harms. */
  @JsonProperty("auto")
  AUTO,

  /** Never. */
  @JsonProperty("off")
  OFF,

  /** Always. */
  @JsonProperty("on")
  ON
}
