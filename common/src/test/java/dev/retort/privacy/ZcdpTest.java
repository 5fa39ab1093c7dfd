package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ZcdpTest {

  @Test
  void plusAndMinus_withinRange_areExact() {
    assertThat(new Zcdp(5).plus(new Zcdp(7))).isEqualTo(new Zcdp(12));
    assertThat(new Zcdp(12).minus(new Zcdp(7))).isEqualTo(new Zcdp(5));
    assertThat(new Zcdp(7).minus(new Zcdp(7))).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void plus_beyondALong_throwsAndNeverWraps() {
    assertThat(new Zcdp(Long.MAX_VALUE - 1).plus(new Zcdp(1))).isEqualTo(Zcdp.UNBOUNDED);
    assertThatThrownBy(() -> Zcdp.UNBOUNDED.plus(new Zcdp(1)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void plusOrUnbounded_beyondALong_isUnbounded() {
    assertThat(new Zcdp(2).plusOrUnbounded(new Zcdp(3))).isEqualTo(new Zcdp(5));
    assertThat(Zcdp.UNBOUNDED.plusOrUnbounded(Zcdp.ZERO)).isEqualTo(Zcdp.UNBOUNDED);
    assertThat(Zcdp.UNBOUNDED.plusOrUnbounded(Zcdp.UNBOUNDED)).isEqualTo(Zcdp.UNBOUNDED);
    assertThat(new Zcdp(Long.MAX_VALUE - 2).plusOrUnbounded(new Zcdp(1)))
        .isEqualTo(new Zcdp(Long.MAX_VALUE - 1));
  }

  @Test
  void minus_ofTheLarger_isRefused() {
    assertThatThrownBy(() -> new Zcdp(5).minus(new Zcdp(6))).hasMessage("picoRho must be >= 0: -1");
  }

  @Test
  void toString_isRhoInDecimals() {
    assertThat(new Zcdp(24_355_970_359L)).hasToString("rho 0.024355970359");
    assertThat(Zcdp.ZERO.rho()).isZero();
    assertThat(new Zcdp(2_500_000_000_000L).rho()).isEqualTo(2.5);
  }

  @Test
  void compareTo_isByLoss() {
    assertThat(new Zcdp(5)).isLessThan(new Zcdp(6)).isGreaterThan(new Zcdp(4));
  }
}
