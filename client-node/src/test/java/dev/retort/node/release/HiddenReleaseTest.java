package dev.retort.node.release;

import static dev.retort.node.release.ReleaseFixture.NORTH;
import static dev.retort.node.release.ReleaseFixture.TEACHERS;
import static dev.retort.node.release.ReleaseFixture.TRANSFER_SET;
import static dev.retort.node.release.ReleaseFixture.spent;
import static dev.retort.node.release.ReleaseFixture.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.merkle.Digest;
import dev.retort.node.release.HiddenOutcome.Changed;
import dev.retort.node.release.HiddenOutcome.Refused;
import dev.retort.node.release.HiddenOutcome.Released;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.Zcdp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that leave masked, and of which the ledger holds a commitment alone. */
final class HiddenReleaseTest {

  private static final Mechanism SUMMED = new SummedHistogram(new LabelGrid(1), 3, 20, 4);
  private static final Digest STUDY = Digest.of("a study".getBytes(StandardCharsets.UTF_8));

  @TempDir
  private Path directory;

  private PrivacyLedger ledger;
  private LabelRelease door;

  @BeforeEach
  void open() throws Exception {
    ledger = UnsafeTestLedgers.open(file());
    ReleaseFixture.openPolicy(ledger, new ApproxDp(1, 1e-6));
    ledger.openCampaign(STUDY, SUMMED);
    door = ReleaseFixture.door(ledger);
  }

  @AfterEach
  void everyLedgerVerifies() throws Exception {
    ledger.close();
    assertThat(LedgerVerifier.verify(file()).findings()).isEmpty();
  }

  private Path file() {
    return directory.resolve("ledger.db");
  }

  private static ReleaseRequest request(long first, int count) {
    return new ReleaseRequest(NORTH, "lung-ct", STUDY, TRANSFER_SET, first, count, SUMMED);
  }

  private HiddenOutcome release(long first, int count, AnswerSource answer) throws Exception {
    DatasetBind bound = ledger.dataset("lung-ct").orElseThrow();
    return door.releaseHidden(bound, request(first, count), answer);
  }

  @Test
  void releaseHidden_firstTime_chargesAndStoresNoAnswer() throws Exception {
    Released released = (Released) release(0, 8, () -> votes(8));
    assertThat(released.replayed()).isFalse();
    // 24 draws at sigma 20, all zero: probability below 1e-40.
    assertThat(released.block().values()).isNotEqualTo(votes(8));
    assertThat(released.commitment()).isNotEqualTo(released.block().digest());
    assertThat(spent(ledger)).isEqualTo(SUMMED.cost(8));
    Digest query = request(0, 8).query().digest(SUMMED);
    assertThat(ledger.isReleased(query)).isTrue();
    assertThat(ledger.hiddenRelease(query).orElseThrow().commitment())
        .isEqualTo(released.commitment());
  }

  @Test
  void releaseHidden_again_givesTheSameNoiseForNothing() throws Exception {
    Released first = (Released) release(0, 8, () -> votes(8));
    ledger.close();
    ledger = UnsafeTestLedgers.open(file());
    door = ReleaseFixture.door(ledger);
    Released again = (Released) release(0, 8, () -> votes(8));
    assertThat(again)
        .isEqualTo(new Released(first.block(), first.chargeSeq(), first.commitment(), true));
    assertThat(spent(ledger)).isEqualTo(SUMMED.cost(8));
  }

  @Test
  void releaseHidden_theAnswerHasChanged_givesNothing() throws Exception {
    // Else the difference of the two would show what has changed, without noise.
    assertThat(release(0, 8, () -> votes(8))).isInstanceOf(Released.class);
    assertThat(release(0, 8, () -> votes(8, 2))).isInstanceOf(Changed.class);
    assertThat(spent(ledger)).isEqualTo(SUMMED.cost(8));
  }

  @Test
  void releaseHidden_overBudget_isRefusedAndNotComputed() throws Exception {
    HiddenOutcome outcome = release(0, 10_000, () -> {
      throw new AssertionError("nothing must be computed");
    });
    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(((Refused) outcome).asked()).isEqualTo(SUMMED.cost(10_000));
    assertThat(spent(ledger)).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void releaseHidden_ofAnOpenMechanism_isRefused() throws Exception {
    ReleaseRequest open = ReleaseFixture.request(0, 2);
    DatasetBind bound = ledger.dataset("lung-ct").orElseThrow();
    assertThatThrownBy(() -> door.releaseHidden(bound, open, () -> votes(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be released openly");
    assertThatThrownBy(() -> door.release(request(0, 2), () -> votes(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be released to a sum");
  }

  @Test
  void releaseHidden_sumsThatCannotBe_areNotReleased() throws Exception {
    assertThatThrownBy(() -> release(0, 1, () -> new int[] {TEACHERS, 1, 0}))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ledger.isReleased(request(0, 1).query().digest(SUMMED))).isFalse();
  }
}
