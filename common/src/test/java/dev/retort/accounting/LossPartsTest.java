package dev.retort.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.accounting.LossComposition.Part;
import dev.retort.accounting.NoiseEvent.DiscreteGaussian;
import dev.retort.accounting.NoiseEvent.Gaussian;
import dev.retort.accounting.NoiseEvent.Laplace;
import dev.retort.accounting.NoiseEvent.SampledGaussian;
import dev.retort.accounting.PrivacyLossDistribution.Repeated;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossPartsTest {

  private static LossParts removing(Repeated... events) {
    return LossParts.removing(List.of(events), 20);
  }

  @Test
  void gaussianMu_gaussianNoiseAlone_addsUpInSquares() {
    assertThat(removing(
                new Repeated(new Gaussian(5, 1), 10),
                new Repeated(new Gaussian(12, 1), 20),
                new Repeated(new Gaussian(7, 2), 5))
            .gaussianMu())
        .isCloseTo(0.861957378031, within(1e-11))
        .isGreaterThanOrEqualTo(Math.sqrt(10 / 25.0 + 20 / 144.0 + 10 / 49.0));
    // All records sampled are no sample.
    assertThat(removing(new Repeated(new SampledGaussian(6, 9, 1), 4)).gaussianMu())
        .isCloseTo(1, within(1e-14));
  }

  @Test
  void gaussianMu_otherNoiseToo_isZero() {
    Repeated gaussian = new Repeated(new Gaussian(5, 1), 1);
    assertThat(removing(gaussian, new Repeated(new Laplace(1, List.of(1.0)), 1)).gaussianMu())
        .isZero();
    assertThat(removing(gaussian, new Repeated(new DiscreteGaussian(1, List.of(1L)), 1))
            .gaussianMu())
        .isZero();
    assertThat(removing(new Repeated(new SampledGaussian(1, 1, 0.5), 1)).gaussianMu())
        .isZero();
    assertThat(removing(new Repeated(new DiscreteGaussian(1, List.of(1L)), 1)).gaussianMu())
        .isZero();
  }

  @Test
  void isSymmetric_sampledNoise_isNot() {
    assertThat(LossParts.isSymmetric(List.of(new Repeated(new SampledGaussian(1, 1, 0.5), 1))))
        .isFalse();
    assertThat(LossParts.isSymmetric(List.of(
            new Repeated(new SampledGaussian(1, 1, 1), 1),
            new Repeated(new Laplace(1, List.of(1.0)), 1))))
        .isTrue();
  }

  @Test
  void onOwnLattice_discreteNoiseOfOneWidth_countsLikeCoordinatesTogether() {
    LossComposition own = removing(
            new Repeated(new DiscreteGaussian(3, List.of(4L, -6L)), 2),
            new Repeated(new DiscreteGaussian(3, List.of(6L)), 1))
        .onOwnLattice();
    LossComposition byHand = new LossComposition(List.of(
        new Part(DiscreteLoss.exact(3, 4, 2, 20), 2),
        new Part(DiscreteLoss.exact(3, 6, 2, 20), 3)));
    assertThat(own).isNotNull();
    assertThat(own.epsilon(1e-7)).isEqualTo(byHand.epsilon(1e-7));
  }

  @Test
  void onOwnLattice_otherNoise_isNone() {
    Repeated discrete = new Repeated(new DiscreteGaussian(3, List.of(1L)), 1);
    assertThat(removing(discrete, new Repeated(new Gaussian(5, 1), 1)).onOwnLattice())
        .isNull();
    assertThat(removing(discrete, new Repeated(new DiscreteGaussian(4, List.of(1L)), 1))
            .onOwnLattice())
        .isNull();
    // A lattice of millions of points.
    assertThat(
            removing(new Repeated(new DiscreteGaussian(65_537, List.of(1L)), 1)).onOwnLattice())
        .isNull();
  }

  @Test
  void onLattice_anyNoise_hasOneStepThatIsAFractionOfTheNarrowestLoss() {
    List<Part> parts = removing(
            new Repeated(new Gaussian(10, 1), 4),
            new Repeated(new DiscreteGaussian(20, List.of(3L, -3L)), 5))
        .onLattice(16);
    assertThat(parts).hasSize(2);
    // The four Gaussian losses are one of mu 0.2; the others are of 0.15.
    assertThat(parts.get(0).count()).isEqualTo(1);
    assertThat(parts.get(1).count()).isEqualTo(10);
    for (Part part : parts) {
      assertThat(part.cells().step()).isCloseTo(0.15 / 16, within(1e-12));
    }
  }

  @Test
  void onLattice_laplace_hasItsAtomsOnIt() {
    List<Part> parts =
        removing(new Repeated(new Laplace(3, List.of(1.0, 1.0)), 5)).onLattice(16);
    assertThat(parts).hasSize(1);
    assertThat(parts.get(0).count()).isEqualTo(10);
    LossCells cells = parts.get(0).cells();
    double points = 1 / 3.0 / cells.step();
    assertThat(points).isCloseTo(Math.rint(points), within(1e-9));
    assertThat(cells.largestLoss()).isCloseTo(1 / 3.0, within(1e-12));
    // Half of P's mass, and a little of the density.
    assertThat(cells.mass(cells.size() - 1)).isBetween(0.5, 0.51);
  }

  @Test
  void onLattice_sampledNoise_isOfTheDirection() {
    List<Repeated> events = List.of(new Repeated(new SampledGaussian(2, 4, 0.3), 2));
    LossCells removing = LossParts.removing(events, 20).onLattice(16).get(0).cells();
    LossCells adding = LossParts.adding(events, 20).onLattice(16).get(0).cells();
    // A record that is absent is never more likely by more than 1 / (1 - q).
    assertThat(adding.largestLoss()).isCloseTo(-Math.log(0.7), within(adding.step() * 2));
    assertThat(removing.largestLoss()).isGreaterThan(10);
  }
}
