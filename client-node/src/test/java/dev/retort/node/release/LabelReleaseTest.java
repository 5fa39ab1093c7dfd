package dev.retort.node.release;

import static dev.retort.node.release.ReleaseFixture.COST_OF_ONE;
import static dev.retort.node.release.ReleaseFixture.request;
import static dev.retort.node.release.ReleaseFixture.spent;
import static dev.retort.node.release.ReleaseFixture.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.Limit;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.merkle.Digest;
import dev.retort.node.release.ReleaseOutcome.Refused;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.noise.NoisePool;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.LogUnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelReleaseTest {

  /** Covers 38 samples. */
  private static final ApproxDp GUARANTEE = new ApproxDp(1, 1e-6);

  @TempDir
  Path directory;

  private PrivacyLedger ledger;
  private LabelRelease door;

  @BeforeEach
  void open() throws Exception {
    ledger = UnsafeTestLedgers.open(file());
    ReleaseFixture.openPolicy(ledger, GUARANTEE);
    door = ReleaseFixture.door(ledger);
  }

  @AfterEach
  void everyLedgerVerifies() throws Exception {
    ledger.close();
    assertThat(LedgerVerifier.verify(file()).findings()).isEmpty();
  }

  @Test
  void release_firstTime_addsNoiseAndCharges() throws Exception {
    Released released = (Released) door.release(request(5, 8), () -> votes(8));
    assertThat(released.replayed()).isFalse();
    assertThat(released.block().firstSample()).isEqualTo(5);
    assertThat(released.block().count()).isEqualTo(8);
    // 24 draws at sigma 40, all zero: probability below 1e-47.
    assertThat(released.block().values()).isNotEqualTo(votes(8));
    assertThat(spent(ledger)).isEqualTo(new Zcdp(8 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_sameRequest_returnsTheSameBytesFreeEvenWithNoBudgetLeft() throws Exception {
    Released first = (Released) door.release(request(0, 38), () -> votes(38));
    assertThat(door.release(request(100, 1), () -> votes(1))).isInstanceOf(Refused.class);
    Zcdp spent = spent(ledger);
    ReleaseOutcome again = door.release(request(0, 38), LabelReleaseTest::neverAsked);
    assertThat(again).isEqualTo(new Released(first.block(), first.chargeSeq(), true));
    assertThat(spent(ledger)).isEqualTo(spent);
  }

  @Test
  void release_afterReopening_replaysTheSameBytes() throws Exception {
    Released first = (Released) door.release(request(0, 4), () -> votes(4));
    reopen();
    assertThat(door.release(request(0, 4), LabelReleaseTest::neverAsked))
        .isEqualTo(new Released(first.block(), first.chargeSeq(), true));
  }

  @Test
  void release_overBudget_isRefusedWithBothNumbersAndNotComputed() throws Exception {
    door.release(request(0, 30), () -> votes(30));
    ReleaseOutcome outcome = door.release(request(50, 9), LabelReleaseTest::neverAsked);
    Zcdp left = ledger.filter("lung-ct").orElseThrow().left();
    assertThat(outcome)
        .isEqualTo(
            new Refused(new Limit.Filter("patient"), new Zcdp(9 * COST_OF_ONE.picoRho()), left));
    assertThat(door.release(request(50, 8), () -> votes(8))).isInstanceOf(Released.class);
  }

  @Test
  void release_answerFails_keepsTheChargeAndCompletesItLater() throws Exception {
    assertThatThrownBy(() -> door.release(request(0, 4), () -> {
          throw new IllegalStateException("device lost");
        }))
        .hasMessage("device lost");
    assertThat(spent(ledger)).isEqualTo(new Zcdp(4 * COST_OF_ONE.picoRho()));
    long charge = ledger.pendingCharges().get(0).seq();
    reopen();
    Released released = (Released) door.release(request(0, 4), () -> votes(4));
    assertThat(released.chargeSeq()).isEqualTo(charge);
    assertThat(released.replayed()).isFalse();
    assertThat(spent(ledger)).isEqualTo(new Zcdp(4 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_retriedCharge_drawsTheSameNoise() throws Exception {
    List<LabelBlock> answers = new ArrayList<>();
    for (String name : List.of("a.db", "b.db")) {
      // The second copy of the site fails once after the charge, and so takes the path of a
      // restart.
      try (PrivacyLedger copy = UnsafeTestLedgers.open(directory.resolve(name))) {
        ReleaseFixture.openPolicy(copy, GUARANTEE);
        LabelRelease copyDoor = ReleaseFixture.door(copy);
        if (name.equals("b.db")) {
          assertThatThrownBy(() -> copyDoor.release(request(0, 4), LabelReleaseTest::neverAsked))
              .isInstanceOf(AssertionError.class);
        }
        answers.add(((Released) copyDoor.release(request(0, 4), () -> votes(4))).block());
      }
    }
    assertThat(answers.get(0)).isEqualTo(answers.get(1));
  }

  @Test
  void release_dataSetChangedSinceTheCharge_burnsItAndChargesAgain() throws Exception {
    assertThatThrownBy(() -> door.release(request(0, 4), LabelReleaseTest::neverAsked))
        .isInstanceOf(AssertionError.class);
    long stale = ledger.pendingCharges().get(0).seq();
    ReleaseFixture.bind(ledger, 2);
    Released released = (Released) door.release(request(0, 4), () -> votes(4));
    assertThat(released.chargeSeq()).isGreaterThan(stale);
    assertThat(ledger.pendingCharges()).isEmpty();
    assertThat(spent(ledger)).isEqualTo(new Zcdp(8 * COST_OF_ONE.picoRho()));
  }

  /** What was foreseen is drawn before the answer is asked for, and makes no difference to it. */
  @Test
  void foresee_anyOrderOfEvents_poolsTheSameNoise() throws Exception {
    List<LabelBlock> answers = new ArrayList<>();
    for (boolean pooled : List.of(false, true)) {
      Path copy = directory.resolve("pooled-" + pooled + ".db");
      try (PrivacyLedger own = UnsafeTestLedgers.open(copy)) {
        ReleaseFixture.openPolicy(own, GUARANTEE);
        LabelRelease copyDoor = ReleaseFixture.poolingDoor(own, pooled ? 100 : 0);
        // Two pending charges, one of them of a data set that changes, and one answer.
        for (long sample : List.of(0L, 1L)) {
          assertThatThrownBy(
                  () -> copyDoor.release(request(sample, 1), LabelReleaseTest::neverAsked))
              .isInstanceOf(AssertionError.class);
          if (sample == 0) {
            ReleaseFixture.bind(own, 2);
          }
        }
        copyDoor.release(request(2, 1), () -> votes(1));
        List<ReleaseRequest> next =
            List.of(request(2, 1), request(1, 1), request(0, 1), request(3, 2), request(5, 1));
        copyDoor.foresee(next);
        for (ReleaseRequest each : next) {
          answers.add(((Released) copyDoor.release(each, () -> votes(each.count()))).block());
        }
      }
    }
    assertThat(answers.subList(5, 10)).isEqualTo(answers.subList(0, 5));
  }

  @Test
  void foresee_seriesOfRequests_holdsTheNoiseThatTheyTake() throws Exception {
    NoisePool pool = new NoisePool(ReleaseFixture.noiseKey(), 100, Runnable::run);
    LabelRelease pooling = new LabelRelease(ledger, pool);
    assertThatThrownBy(() -> pooling.release(request(0, 2), LabelReleaseTest::neverAsked))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> pooling.release(request(2, 2), LabelReleaseTest::neverAsked))
        .isInstanceOf(AssertionError.class);
    ReleaseFixture.bind(ledger, 2);
    assertThatThrownBy(() -> pooling.release(request(4, 2), LabelReleaseTest::neverAsked))
        .isInstanceOf(AssertionError.class);
    List<ReleaseRequest> next = List.of(request(0, 2), request(4, 2), request(2, 2), request(6, 2));
    pooling.foresee(next);
    assertThat(pool.samples()).isEqualTo(24);
    for (int left = 18; left >= 0; left -= 6) {
      pooling.release(next.get(3 - left / 6), () -> votes(2));
      // A miss would leave its noise in the pool.
      assertThat(pool.samples()).isEqualTo(left);
    }
    pooling.foresee(next);
    assertThat(pool.samples()).isZero();
  }

  @Test
  void abandon_pendingCharges_areBurnedAndStaySpent() throws Exception {
    assertThatThrownBy(() -> door.release(request(0, 4), LabelReleaseTest::neverAsked))
        .isInstanceOf(AssertionError.class);
    door.abandon(ReleaseFixture.CAMPAIGN);
    assertThat(ledger.pendingCharges()).isEmpty();
    assertThat(spent(ledger)).isEqualTo(new Zcdp(4 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_histogramThatDoesNotAddUp_neverLeavesAndShowsNoValue() throws Exception {
    int[] tooMany = votes(2);
    tooMany[4] = 7;
    int[] negative = votes(2);
    negative[3] += 7;
    negative[4] -= 7;
    for (int[] bad : List.of(tooMany, negative, votes(1))) {
      assertThatThrownBy(() -> door.release(request(0, 2), () -> bad))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("must ");
    }
    assertThat(ledger.pendingCharges()).hasSize(1);
  }

  @Test
  void release_requestThatDoesNotFit_isACallersBugAndChargesNothing() throws Exception {
    DiscreteGaussianHistogram other = new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 1);
    Digest unknown = Digest.of(new byte[] {99});
    for (ReleaseRequest bad : List.of(
        new ReleaseRequest(
            ReleaseFixture.NORTH, "lung-ct", ReleaseFixture.CAMPAIGN, unknown, 0, 1, other),
        new ReleaseRequest(
            ReleaseFixture.NORTH, "lung-ct", unknown, unknown, 0, 1, ReleaseFixture.MECHANISM),
        new ReleaseRequest(
            ReleaseFixture.NORTH,
            "skin",
            ReleaseFixture.CAMPAIGN,
            unknown,
            0,
            1,
            ReleaseFixture.MECHANISM))) {
      assertThatThrownBy(() -> door.release(bad, LabelReleaseTest::neverAsked))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> request(0, Integer.MAX_VALUE)).hasMessageStartingWith("count must be");
    assertThatThrownBy(() -> request(-1, 1)).hasMessageStartingWith("firstSample must be");
    assertThat(spent(ledger)).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void release_sumsThatMightLeaveAnInt_areRefusedBeforeCharging() throws Exception {
    DiscreteGaussianHistogram wide =
        new DiscreteGaussianHistogram(new LabelGrid(65_535), 3, 16_000_000);
    Digest campaign = Digest.of(new byte[] {3});
    door.openCampaign(campaign, wide);
    ledger.bindDataset(new DatasetBind("lung-ct", campaign, 40_000, "prf-mod-teachers/1"));
    ReleaseRequest request =
        new ReleaseRequest(ReleaseFixture.NORTH, "lung-ct", campaign, campaign, 0, 1, wide);
    assertThatThrownBy(() -> door.release(request, LabelReleaseTest::neverAsked))
        .hasMessage("the largest sum over teachers and 40 sigma must be <= 2147483647: 3261400000");
    assertThat(spent(ledger)).isEqualTo(Zcdp.ZERO);
  }

  @Test
  void release_fullDisk_releasesNothingAndLeavesStoreAndLedgerAsTheyWere() throws Exception {
    Path small = directory.resolve("small.db");
    Set<Long> releasedSamples = new HashSet<>();
    try (PrivacyLedger full = UnsafeTestLedgers.openOnSmallDisk(small, 14)) {
      ReleaseFixture.openPolicy(full, GUARANTEE);
      LabelRelease fullDoor = ReleaseFixture.door(full);
      long size = 0;
      Zcdp spent = Zcdp.ZERO;
      AtomicInteger computed = new AtomicInteger();
      try {
        for (long sample = 0; sample < 38; sample++) {
          size = full.size();
          spent = spent(full);
          computed.set(0);
          fullDoor.release(request(sample, 1), () -> {
            computed.incrementAndGet();
            return votes(1);
          });
          releasedSamples.add(sample);
        }
      } catch (LogUnavailableException e) {
        assertThat(e).hasMessageContaining("free disk space");
      }
      assertThat(releasedSamples).hasSizeBetween(1, 37);
      // Either the charge did not fit, and nothing happened, or the release did not, and the charge
      // is pending.
      int charged = computed.get();
      assertThat(full.size()).isEqualTo(size + charged);
      assertThat(full.pendingCharges()).hasSize(charged);
      assertThat(spent(full))
          .isEqualTo(new Zcdp(spent.picoRho() + charged * COST_OF_ONE.picoRho()));
    }
    assertThat(LedgerVerifier.verify(small).findings()).isEmpty();
    try (PrivacyLedger roomy = UnsafeTestLedgers.open(small)) {
      LabelRelease roomyDoor = ReleaseFixture.door(roomy);
      for (long sample : releasedSamples) {
        assertThat(((Released) roomyDoor.release(request(sample, 1), LabelReleaseTest::neverAsked))
                .replayed())
            .isTrue();
      }
      assertThat(roomyDoor.release(request(38, 1), () -> votes(1))).isInstanceOf(Released.class);
    }
  }

  @Test
  void release_64ThreadsAtTheBoundary_grantsExactlyWhatFits() throws Exception {
    door.release(request(0, 6), () -> votes(6));
    int threads = 64;
    CountDownLatch start = new CountDownLatch(1);
    List<Released> released = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger refused = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        long sample = 100L + i;
        all.add(pool.submit(() -> {
          start.await();
          ReleaseOutcome outcome = door.release(request(sample, 1), () -> votes(1));
          if (outcome instanceof Released granted) {
            released.add(granted);
          } else {
            refused.incrementAndGet();
          }
          return outcome;
        }));
      }
      start.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(released).hasSize(32);
    assertThat(refused).hasValue(32);
    assertThat(released).extracting(Released::chargeSeq).doesNotHaveDuplicates();
    assertThat(spent(ledger)).isEqualTo(new Zcdp(38 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_64ThreadsAskingTheSame_chargeOnceAndAgree() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(64);
    Set<LabelBlock> answers = new HashSet<>();
    try {
      List<Future<ReleaseOutcome>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(pool.submit(() -> door.release(request(7, 3), () -> votes(3))));
      }
      for (Future<ReleaseOutcome> one : all) {
        answers.add(((Released) one.get()).block());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(answers).hasSize(1);
    assertThat(spent(ledger)).isEqualTo(new Zcdp(3 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_afterTheDoorIsShut_givesAndChargesNothing() throws Exception {
    door.release(request(0, 3), () -> votes(3));
    door.shut("the ledger is not the newest");
    for (int batch = 0; batch < 2; batch++) {
      var request = request(batch, 3);
      assertThatThrownBy(() -> door.release(request, LabelReleaseTest::neverAsked))
          .isInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("the ledger is not the newest");
    }
    assertThat(spent(ledger)).isEqualTo(new Zcdp(3 * COST_OF_ONE.picoRho()));
  }

  private void reopen() throws Exception {
    ledger.close();
    ledger = UnsafeTestLedgers.open(file());
    door = ReleaseFixture.door(ledger);
  }

  private Path file() {
    return directory.resolve("ledger.db");
  }

  private static int[] neverAsked() {
    throw new AssertionError("the exact answer must not be asked for");
  }
}
