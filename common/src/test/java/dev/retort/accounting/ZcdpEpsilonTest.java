package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ZcdpEpsilonTest {

  @Test
  void of_ledgersLossOnce_isTheFiltersOwnEpsilon() {
    Zcdp loss = new Zcdp(625_000_000_000L);
    assertThat(ZcdpEpsilon.of(loss, 1, 1e-6)).isEqualTo(Conversion.epsilon(loss, 1e-6));
    assertThat(ZcdpEpsilon.of(loss, 3, 1e-6))
        .isEqualTo(Conversion.epsilon(new Zcdp(1_875_000_000_000L), 1e-6));
  }

  @Test
  void of_moreThanALedgerCanCount_isStillABound() {
    Zcdp loss = new Zcdp(9_000_000_000_000_000_000L);
    assertThat(ZcdpEpsilon.of(loss, 4, 1e-6)).isBetween(3.6e7, 3.7e7);
    assertThat(ZcdpEpsilon.of(loss, Long.MAX_VALUE, 1e-6)).isFinite();
  }

  @Property
  void of_anyLoss_isTheConversionOfTheSumOrHardlyAbove(
      @ForAll @LongRange(min = 1, max = 1_000_000_000_000_000L) long picoRho,
      @ForAll @IntRange(min = 1, max = 1_000_000) int times,
      @ForAll @IntRange(min = 1, max = 9) int digits) {
    double delta = Math.pow(10, -digits);
    double epsilon = ZcdpEpsilon.of(new Zcdp(picoRho), times, delta);
    double converted = Conversion.epsilon((double) picoRho * times * 1e-12, delta);
    assertThat(epsilon)
        .isGreaterThanOrEqualTo(converted * (1 - 1e-12) - 1e-12)
        .isLessThanOrEqualTo(converted * (1 + 1e-12) + 1e-12);
  }
}
