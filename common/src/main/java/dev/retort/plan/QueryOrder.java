package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The order in which transfer samples are asked for. */
public enum QueryOrder {
  /** As they lie in the transfer set. */
  @JsonProperty("all")
  ALL,

  /** In a random order. */
  @JsonProperty("random")
  RANDOM,

  /** The most informative first. */
  @JsonProperty("active")
  ACTIVE
}
