package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kinds of task. */
public enum TaskKind {
  /** One class of several. */
  @JsonProperty("classification")
  CLASSIFICATION
}
