package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.audit.UnreleasedException;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ScratchReleaseTest {

  private static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, 2, 40);

  @Test
  void release_twice_chargesBothInALedgerThatVerifies() throws Exception {
    try (ScratchRelease release = ScratchRelease.open(MECHANISM, 5)) {
      int[] histograms = {5, 0, 2, 3, 1, 4};
      // Two samples at sigma 40 agree with probability 0.0071, and six pairs with 1.3e-13.
      assertThat(release.release(histograms)).hasSize(6).isNotEqualTo(release.release(histograms));
      assertThat(histograms).containsExactly(5, 0, 2, 3, 1, 4);
      LedgerReport report = LedgerVerifier.verify(release.directory().resolve("ledger.db"));
      assertThat(report.ok()).as(report.findings().toString()).isTrue();
      assertThat(report.lineages()).hasSize(2).allSatisfy(lineage -> {
        assertThat(lineage.releases()).isEqualTo(1);
        assertThat(lineage.spent()).isEqualTo(MECHANISM.cost(3)).isNotEqualTo(Zcdp.ZERO);
      });
    }
  }

  @Test
  void close_always_leavesNothing() throws Exception {
    Path directory;
    try (ScratchRelease release = ScratchRelease.open(MECHANISM, 5)) {
      directory = release.directory();
      assertThat(directory).isDirectory();
    }
    assertThat(Files.exists(directory)).isFalse();
  }

  @Test
  void release_beyondWhatALedgerCounts_isReported() throws Exception {
    try (ScratchRelease release =
        ScratchRelease.open(new DiscreteGaussianHistogram(new LabelGrid(60_000), 2, 1), 1)) {
      assertThatThrownBy(() -> release.release(new int[] {60_000, 0}))
          .isInstanceOf(UnreleasedException.class)
          .hasMessageContaining("sigma");
    }
  }
}
