package dev.retort.node.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Set;

/**
 * The most that one coordinator may spend of a lineage's budget, as a site writes it down.
 *
 * @param most rounded down to a whole pico-rho
 */
public record Quota(Zcdp most) {

  /**
   * Reads a quota of a configuration: {@code {epsilon, delta}}, or {@code {rho}}, which adds up where epsilons do not.
   *
   * @throws IllegalArgumentException naming the rule and the value
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Quota parse(Map<String, Object> keys) {
    if (keys.keySet().equals(Set.of("rho")) && keys.get("rho") instanceof Number rho) {
      return new Quota(floor(rho));
    }
    if (keys.keySet().equals(Set.of("epsilon", "delta"))
        && keys.get("epsilon") instanceof Number epsilon
        && keys.get("delta") instanceof Number delta) {
      return new Quota(Conversion.budget(new ApproxDp(epsilon.doubleValue(), delta.doubleValue())));
    }
    throw new IllegalArgumentException(
        "a quota must be { epsilon: E, delta: D } or { rho: R }: " + keys);
  }

  private static Zcdp floor(Number rho) {
    // The decimal as it was written: its double prints as it.
    BigDecimal picoRho =
        new BigDecimal(rho.toString()).movePointRight(12).setScale(0, RoundingMode.FLOOR);
    if (picoRho.signum() < 0
        || picoRho.compareTo(BigDecimal.valueOf(Zcdp.UNBOUNDED.picoRho())) >= 0) {
      throw new IllegalArgumentException("rho of a quota must be in [0, 9223372): " + rho);
    }
    return new Zcdp(picoRho.longValueExact());
  }
}
