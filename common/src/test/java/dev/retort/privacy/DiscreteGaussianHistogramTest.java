package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.noise.DiscreteGaussian;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import org.junit.jupiter.api.Test;

class DiscreteGaussianHistogramTest {

  @Test
  void histogram_smallest_isValidAndSaysWhatItIs() {
    DiscreteGaussianHistogram smallest = new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 1);
    assertThat(smallest.name()).isEqualTo("dgauss/1");
    assertThat(smallest.l2Squared()).isEqualTo(2);
    assertThat(smallest.noise()).isEqualTo(new DiscreteGaussian(1));
    // S^2 / sigma^2 = 1.
    assertThat(smallest.cost(1)).isEqualTo(new Zcdp(Zcdp.PICO_PER_RHO));
  }

  @Test
  void cost_notAWholePicoRho_isRoundedUpOnce() {
    DiscreteGaussianHistogram third = new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 3);
    assertThat(third.cost(1)).isEqualTo(new Zcdp(111_111_111_112L));
    assertThat(third.cost(2)).isEqualTo(new Zcdp(222_222_222_223L));
    assertThat(third.cost(9)).isEqualTo(new Zcdp(Zcdp.PICO_PER_RHO));
  }

  @Test
  void cost_beyondALong_isUnbounded() {
    LabelGrid coarse = new LabelGrid(65_535);
    assertThat(new DiscreteGaussianHistogram(coarse, 2, 1).cost(1)).isEqualTo(Zcdp.UNBOUNDED);
  }

  @Test
  void histogram_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> new DiscreteGaussianHistogram(LabelGrid.VOTE, 1, 1))
        .hasMessage("classes must be >= 2: 1");
    assertThatThrownBy(() -> new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 0))
        .hasMessageStartingWith("sigma must be in [1, ");
    assertThatThrownBy(() -> new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 1 << 24))
        .hasMessageStartingWith("sigma must be in [1, ");
    assertThatThrownBy(() -> new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 1).cost(0))
        .hasMessage("queries must be >= 1: 0");
  }
}
