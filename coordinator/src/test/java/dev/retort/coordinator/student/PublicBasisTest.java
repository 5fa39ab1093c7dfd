package dev.retort.coordinator.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.SampleShape;
import dev.retort.encode.DenseMatrix;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PublicBasisTest {

  @Test
  void of_images_isAnOrthonormalGraphBasisSmoothestFirst() {
    PublicBasis basis = PublicBasis.of(Stripes.images(200, 1).samples()).get(0);
    assertThat(basis.isGraph()).isTrue();
    assertThat(basis.roughness()).isSorted();
    DenseMatrix functions = basis.functions();
    for (int k = 0; k < functions.columns(); k++) {
      double norm = 0;
      for (int row = 0; row < functions.rows(); row++) {
        norm += functions.get(row, k) * functions.get(row, k);
      }
      assertThat(norm).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void of_sameSamples_isBitForBitTheSame() {
    LabelledSamples images = Stripes.images(200, 1);
    assertThat(PublicBasis.of(images.samples()).get(0).functions().array())
        .isEqualTo(PublicBasis.of(images.samples()).get(0).functions().array());
  }

  @Test
  void smoothed_oneWrongShareAmongNeighbours_isOutvoted() {
    LabelledSamples images = Stripes.images(300, 2);
    PublicBasis basis = PublicBasis.of(images.samples()).get(0);
    DenseMatrix shares = new DenseMatrix(300, Stripes.CLASSES);
    for (int row = 0; row < 300; row++) {
      shares.set(row, row % 10 == 0 ? (images.label(row) + 1) % 3 : images.label(row), 1);
    }
    DenseMatrix smooth = basis.smoothed(shares);
    int right = 0;
    for (int row = 0; row < 300; row += 10) {
      right += smooth.argMax(row) == images.label(row) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(25);
  }

  @Test
  void of_constantSamples_doesNotFail() {
    List<PublicBasis> bases =
        PublicBasis.of(new FloatSamples(SampleShape.row(3), new float[3 * 40]));
    assertThat(bases).hasSize(2);
    assertThat(bases.get(1).functions().columns()).isZero();
  }

  @Test
  void of_fewSamples_hasNoGraph() {
    List<PublicBasis> bases = PublicBasis.of(Stripes.table(8, 1).samples());
    assertThat(bases).hasSize(1);
    assertThat(bases.get(0).isGraph()).isFalse();
  }
}
