package dev.retort.node.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.retort.merkle.Digest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which study plans a site has approved. */
public sealed interface Approval {

  /** Whether the site has approved the plan of this digest. */
  boolean covers(Digest plan);

  /** Every plan, for a site that trusts its coordinator to choose; the site's other limits still hold. */
  record Any() implements Approval {
    @Override
    public boolean covers(Digest plan) {
      return true;
    }
  }

  /**
   * The plans that somebody at the site has read, and no others.
   *
   * @param plans the digests of their canonical bytes; empty for none
   */
  record Listed(Set<Digest> plans) implements Approval {
    public Listed {
      plans = Set.copyOf(plans);
    }

    @Override
    public boolean covers(Digest plan) {
      return plans.contains(plan);
    }
  }

  /** No plan at all. */
  static Approval none() {
    return new Listed(Set.of());
  }

  /**
   * Reads the {@code approve} key of a configuration: the word {@code any}, or a list of digests.
   *
   * @throws IllegalArgumentException naming the rule and the value
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Approval parse(Object value) {
    if (value.equals("any")) {
      return new Any();
    }
    if (value instanceof List<?> list) {
      Set<Digest> plans = new HashSet<>();
      for (Object digest : list) {
        plans.add(parseDigest(digest));
      }
      return new Listed(plans);
    }
    throw new IllegalArgumentException(
        "approve must be the word any or a list of plan digests: " + value);
  }

  private static Digest parseDigest(Object value) {
    if (value instanceof String text) {
      String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
      if (Digest.isValid(hex)) {
        return new Digest(hex);
      }
    }
    throw new IllegalArgumentException(
        "approve must list plan digests of 64 lower-case hexadecimal digits, in quotes: " + value);
  }
}
