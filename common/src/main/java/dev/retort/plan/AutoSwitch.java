package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether something is done, or found out. */
public enum AutoSwitch {
  /** When the known noise says that it may help, and labels held out do not say that it harms. */
  @JsonProperty("auto")
  AUTO,

  /** It is not. */
  @JsonProperty("off")
  OFF,

  /** It is. */
  @JsonProperty("on")
  ON
}
