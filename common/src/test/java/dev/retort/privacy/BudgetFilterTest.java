package dev.retort.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.privacy.BudgetFilter.Granted;
import dev.retort.privacy.BudgetFilter.Refused;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BudgetFilterTest {

  @Test
  void tryCharge_exactlyWhatIsLeft_isGrantedAndOnePicoMoreRefused() {
    BudgetFilter filter = new BudgetFilter(new Zcdp(100), new Zcdp(60));
    assertThat(filter.tryCharge(new Zcdp(40)))
        .isEqualTo(new Granted(new BudgetFilter(new Zcdp(100), new Zcdp(100))));
    assertThat(filter.tryCharge(new Zcdp(41))).isEqualTo(new Refused(new Zcdp(41), new Zcdp(40)));
  }

  @Test
  void tryCharge_costThatWouldOverflow_isRefused() {
    BudgetFilter filter = new BudgetFilter(new Zcdp(Long.MAX_VALUE - 1), new Zcdp(5));
    assertThat(filter.tryCharge(Zcdp.UNBOUNDED)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> BudgetFilter.full(Zcdp.UNBOUNDED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void tryCharge_anySequence_neverSpendsMoreThanTheBudget(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 1) long budget,
      @ForAll @Size(max = 50) List<@LongRange(min = 0) Long> costs) {
    BudgetFilter filter = BudgetFilter.full(new Zcdp(budget));
    BigInteger granted = BigInteger.ZERO;
    for (long cost : costs) {
      if (filter.tryCharge(new Zcdp(cost)) instanceof Granted decision) {
        filter = decision.after();
        granted = granted.add(BigInteger.valueOf(cost));
      }
    }
    assertThat(granted).isLessThanOrEqualTo(BigInteger.valueOf(budget));
    assertThat(filter.spent().picoRho()).isEqualTo(granted.longValueExact());
  }

  @Test
  void cost_oneVoteAtSigma40_isTheClosedForm() {
    DiscreteGaussianHistogram mechanism = new DiscreteGaussianHistogram(LabelGrid.VOTE, 10, 40);
    assertThat(mechanism.cost(1)).isEqualTo(new Zcdp(625_000_000));
    assertThat(mechanism.cost(1000)).isEqualTo(new Zcdp(625_000_000_000L));
    assertThat(mechanism.l2Squared()).isEqualTo(2);
  }

  @Test
  void cost_thatDoesNotDivide_isRoundedUpOnce() {
    DiscreteGaussianHistogram mechanism = new DiscreteGaussianHistogram(LabelGrid.VOTE, 10, 3);
    assertThat(mechanism.cost(1)).isEqualTo(new Zcdp(111_111_111_112L));
    assertThat(mechanism.cost(2)).isEqualTo(new Zcdp(222_222_222_223L));
    assertThat(mechanism.cost(9)).isEqualTo(new Zcdp(1_000_000_000_000L));
  }

  @Test
  void cost_beyondALong_isUnbounded() {
    DiscreteGaussianHistogram mechanism =
        new DiscreteGaussianHistogram(new LabelGrid(65_535), 10, 1);
    assertThat(mechanism.cost(Integer.MAX_VALUE)).isEqualTo(Zcdp.UNBOUNDED);
  }

  @Property
  void cost_anyParameters_isTheExactQuotientRoundedUp(
      @ForAll @IntRange(min = 1, max = 1000) int size,
      @ForAll @IntRange(min = 1, max = (1 << 24) - 1) int sigma,
      @ForAll @IntRange(min = 1, max = 8) int queries) {
    Zcdp cost = new DiscreteGaussianHistogram(new LabelGrid(size), 2, sigma).cost(queries);
    BigInteger exact = BigInteger.valueOf(size)
        .pow(2)
        .multiply(BigInteger.valueOf(queries))
        .multiply(BigInteger.TEN.pow(12));
    BigInteger sigmaSquared = BigInteger.valueOf(sigma).pow(2);
    BigInteger low = BigInteger.valueOf(cost.picoRho() - 1).multiply(sigmaSquared);
    BigInteger high = BigInteger.valueOf(cost.picoRho()).multiply(sigmaSquared);
    assertThat(low).isLessThan(exact);
    assertThat(high).isGreaterThanOrEqualTo(exact);
  }

  @Test
  void zcdp_sumBeyondALong_throwsAndNeverWraps() {
    assertThatThrownBy(() -> Zcdp.UNBOUNDED.plus(new Zcdp(1)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Zcdp(-1)).hasMessage("picoRho must be >= 0: -1");
    assertThatThrownBy(() -> new Zcdp(1).minus(new Zcdp(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void approxDp_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> new ApproxDp(0, 1e-5))
        .hasMessage("epsilon must be > 0 and finite: 0.0");
    assertThatThrownBy(() -> new ApproxDp(Double.NaN, 1e-5))
        .hasMessageStartingWith("epsilon must be");
    assertThatThrownBy(() -> new ApproxDp(1, 1)).hasMessage("delta must be in (0, 1): 1.0");
    assertThatThrownBy(() -> new ApproxDp(1, 0)).hasMessageStartingWith("delta must be");
  }
}
