package dev.retort.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which transfer samples are asked for, and in which order. */
public enum QueryOrder {
  /** As they lie in the transfer set. */
  @JsonProperty("all")
  ALL,

  /** In an order that the seed decides. */
  @JsonProperty("random")
  RANDOM,

  /** Each as far from those before it as can be, in public features (Sener and Savarese 2018, section 4). */
  @JsonProperty("k-centre")
  K_CENTRE,

  /** First as {@link #K_CENTRE}; then, round by round, those that the answers so far leave most in doubt. */
  @JsonProperty("active")
  ACTIVE
}
