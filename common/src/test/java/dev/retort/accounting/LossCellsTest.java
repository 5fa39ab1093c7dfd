package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.LossCells.Cumulants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LossCellsTest {

  private static final LossCells COIN =
      new LossCells(0.5, 0.25, new long[] {-2, 6, 9}, new double[] {0.25, 0.75, 0}, 0.125);

  @Test
  void loss_ofACell_isOnTheLattice() {
    assertThat(COIN.size()).isEqualTo(3);
    assertThat(COIN.loss(0)).isZero();
    assertThat(COIN.loss(1)).isEqualTo(2);
    assertThat(COIN.offset()).isEqualTo(0.5);
    assertThat(COIN.infinite()).isEqualTo(0.125);
  }

  @Test
  void largestLoss_emptyCells_countForNothing() {
    assertThat(COIN.largestLoss()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, 3, 300, -300})
  void cumulants_ofTwoLosses_areThoseOfATiltedCoin(double t) {
    // 0 with weight 1/4, 2 with weight 3/4 e^(2t).
    double up = 1 / (1 + Math.exp(-2 * t) / 3);
    Cumulants cumulants = COIN.cumulants(t);
    double log = t > 0
        ? Math.log(0.75) + 2 * t + Math.log1p(Math.exp(-2 * t) / 3)
        : Math.log(0.25 + 0.75 * Math.exp(2 * t));
    assertThat(cumulants.log()).isCloseTo(log, within(1e-13 * (1 + Math.abs(log))));
    assertThat(cumulants.mean()).isCloseTo(2 * up, within(1e-14));
    assertThat(cumulants.variance()).isCloseTo(4 * up * (1 - up), within(1e-14));
  }

  @Test
  void cumulants_tinyMassFarOut_isNotOverflown() {
    LossCells cells = new LossCells(0, 1, new long[] {0, 800}, new double[] {1, 1e-300}, 0);
    // At t = 1: 1 + e^800 1e-300, and e^800 is no double.
    double log = 800 + Math.log(1e-300);
    Cumulants cumulants = cells.cumulants(1);
    assertThat(cumulants.log()).isCloseTo(log, within(1e-10));
    assertThat(cumulants.mean()).isCloseTo(800, within(1e-10));
    assertThat(cumulants.variance()).isCloseTo(640_000 * Math.exp(-log), within(1e-30));
  }

  @Test
  void cumulants_massBelowTheSmallestNormal_isNotOverflown() {
    // e^734 is no double, and yet the tilted mass is: 1e-319 e^800.
    LossCells cells = new LossCells(0, 1, new long[] {0, 800}, new double[] {1, 1e-319}, 0);
    double log = 800 + Math.log(1e-319);
    Cumulants cumulants = cells.cumulants(1);
    assertThat(cumulants.log()).isCloseTo(log, within(1e-10));
    assertThat(cumulants.mean()).isCloseTo(800, within(1e-10));
    LossCells withNone =
        new LossCells(0, 1, new long[] {0, 800, 900}, new double[] {1, 1e-319, 0}, 0);
    assertThat(withNone.cumulants(1)).isEqualTo(cumulants);
  }

  @Test
  void plus_copies_addUp() {
    Cumulants sum = Cumulants.NONE.plus(3, new Cumulants(1, 2, 4)).plus(1, new Cumulants(5, 7, 9));
    assertThat(sum).isEqualTo(new Cumulants(8, 13, 21));
  }
}
