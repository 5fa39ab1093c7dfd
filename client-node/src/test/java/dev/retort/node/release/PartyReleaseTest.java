package dev.retort.node.release;

import static dev.retort.node.release.ReleaseFixture.COST_OF_ONE;
import static dev.retort.node.release.ReleaseFixture.NORTH;
import static dev.retort.node.release.ReleaseFixture.TEACHERS;
import static dev.retort.node.release.ReleaseFixture.request;
import static dev.retort.node.release.ReleaseFixture.spent;
import static dev.retort.node.release.ReleaseFixture.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.Limit;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.merkle.Digest;
import dev.retort.node.release.ReleaseOutcome.Refused;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several coordinators at one door. */
class PartyReleaseTest {

  private static final Party SOUTH = new Party("south", Digest.of(new byte[] {3}));

  /** Covers 38 samples. */
  private static final ApproxDp GUARANTEE = new ApproxDp(1, 1e-6);

  @TempDir
  Path directory;

  private PrivacyLedger ledger;
  private LabelRelease door;

  @BeforeEach
  void open() throws Exception {
    ledger = UnsafeTestLedgers.open(directory.resolve("ledger.db"));
    ReleaseFixture.openPolicy(ledger, GUARANTEE);
    door = ReleaseFixture.door(ledger);
  }

  @AfterEach
  void ledgerVerifies() throws Exception {
    ledger.close();
    assertThat(LedgerVerifier.verify(directory.resolve("ledger.db")).findings()).isEmpty();
  }

  @Test
  void release_overTheQuota_isRefusedByNameForThatPartyAlone() throws Exception {
    quotas(10, 28);
    door.release(request(NORTH, 0, 10), () -> votes(10));
    assertThat(door.release(request(NORTH, 50, 1), () -> votes(1)))
        .isEqualTo(new Refused(new Limit.Quota("north"), COST_OF_ONE, Zcdp.ZERO));
    assertThat(door.release(request(SOUTH, 50, 1), () -> votes(1))).isInstanceOf(Released.class);
  }

  @Test
  void release_ofAnotherPartysAnswer_isFreeEvenWithoutAnyQuota() throws Exception {
    quotas(38, 0);
    Released first = (Released) door.release(request(NORTH, 0, 4), () -> votes(4));
    Zcdp spent = spent(ledger);
    assertThat(door.release(request(SOUTH, 0, 4), () -> votes(4)))
        .isEqualTo(new Released(first.block(), first.chargeSeq(), true));
    assertThat(spent(ledger)).isEqualTo(spent);
  }

  @Test
  void release_pendingChargeOfAnotherParty_isCompletedAtNoFurtherCost() throws Exception {
    quotas(38, 0);
    assertThatThrownBy(() -> door.release(request(NORTH, 0, 4), () -> {
          throw new IllegalStateException("device lost");
        }))
        .hasMessage("device lost");
    assertThat(door.release(request(SOUTH, 0, 4), () -> votes(4))).isInstanceOf(Released.class);
    assertThat(spent(ledger)).isEqualTo(new Zcdp(4 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_secondUnitSpent_isRefusedByItsName() throws Exception {
    ledger.protectAlso("lung-ct", new PrivacyUnit("household", 3), GUARANTEE);
    // 38 / 3^2 = 4.2
    assertThat(door.release(request(NORTH, 0, 4), () -> votes(4))).isInstanceOf(Released.class);
    assertThat(door.release(request(NORTH, 4, 1), () -> votes(1)))
        .asInstanceOf(InstanceOfAssertFactories.type(Refused.class))
        .extracting(Refused::limit)
        .isEqualTo(new Limit.Filter("household"));
  }

  /** 64 threads of two coordinators at once, 38 samples of budget, 10 of them at most for one and 32 for the other. */
  @Test
  void release_64ThreadsOfTwoParties_keepEveryLimitToTheLastUnit() throws Exception {
    quotas(10, 32);
    Map<String, Integer> granted = new HashMap<>();
    List<Refused> refused = new ArrayList<>();
    for (Map.Entry<Party, ReleaseOutcome> one : concurrently(List.of(NORTH, SOUTH), 64)) {
      if (one.getValue() instanceof Refused no) {
        refused.add(no);
      } else {
        granted.merge(one.getKey().federation(), 1, Integer::sum);
      }
    }
    // North asked 32 times and may have 10, south 32 times and may have 32: together the budget's
    // 38.
    int north = granted.getOrDefault("north", 0);
    int south = granted.getOrDefault("south", 0);
    assertThat(north).isBetween(6, 10);
    assertThat(north + south).isEqualTo(38);
    assertThat(refused).hasSize(26);
    assertThat(spent(ledger)).isEqualTo(new Zcdp(38 * COST_OF_ONE.picoRho()));
  }

  @Test
  void release_64ThreadsWithinTheBudget_giveEachPartyExactlyItsQuota() throws Exception {
    quotas(7, 13);
    Map<String, Integer> granted = new HashMap<>();
    for (Map.Entry<Party, ReleaseOutcome> one : concurrently(List.of(NORTH, SOUTH), 64)) {
      if (one.getValue() instanceof Released) {
        granted.merge(one.getKey().federation(), 1, Integer::sum);
      } else {
        assertThat(one.getValue())
            .isEqualTo(
                new Refused(new Limit.Quota(one.getKey().federation()), COST_OF_ONE, Zcdp.ZERO));
      }
    }
    assertThat(granted).containsOnly(Map.entry("north", 7), Map.entry("south", 13));
  }

  /** Each binds its own count of teachers, and no other may come between that and the charge. */
  @Test
  void release_studiesWithOtherTeacherCountsAtOnce_areAllAnswered() throws Exception {
    DatasetBind fifty = bind(TEACHERS);
    DatasetBind hundred = bind(2 * TEACHERS);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<ReleaseOutcome>> all = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        long sample = i;
        boolean many = i % 2 == 1;
        all.add(pool.submit(() -> door.release(
            many ? hundred : fifty,
            request(many ? SOUTH : NORTH, sample, 1),
            () -> many ? new int[] {TEACHERS, TEACHERS, 0} : votes(1))));
      }
      for (Future<ReleaseOutcome> one : all) {
        assertThat(one.get()).isInstanceOf(Released.class);
      }
    } finally {
      pool.shutdown();
    }
    assertThat(ledger.pendingCharges()).isEmpty();
  }

  private static DatasetBind bind(int teachers) {
    return new DatasetBind("lung-ct", Digest.of(new byte[] {1}), teachers, "prf-mod-teachers/1");
  }

  @Test
  void release_otherMechanisms_passTheDoorAndCheckTheirOwnSums() throws Exception {
    assertAnswered(new DiscreteGaussianMultiLabel(2, 400), new int[] {TEACHERS, 0}, 0, -1);
    assertAnswered(new DiscreteGaussianFeatures(2, 10, 4000), new int[] {10 * TEACHERS, 0}, 0, 501);
    assertAnswered(
        new DiscreteGaussianClippedSum(1, -1, 2, 400), new int[] {-TEACHERS}, 0, 2 * TEACHERS + 1);
    int[] labelAndHint = {7 * TEACHERS, 0, -10 * TEACHERS, 0};
    DiscreteGaussianHints hints = new DiscreteGaussianHints(LabelGrid.VOTE, 7, 2, 2, 10, 4000);
    assertAnswered(hints, labelAndHint, 3, 1);
  }

  private void assertAnswered(Mechanism mechanism, int[] sums, int entry, int impossible)
      throws Exception {
    Digest campaign = Digest.of(mechanism.name().getBytes(StandardCharsets.UTF_8));
    door.openCampaign(campaign, mechanism);
    Released released = (Released) door.release(ofCampaign(campaign, mechanism, 0), () -> sums);
    assertThat(released.block().classes()).isEqualTo(mechanism.width());
    int[] wrong = sums.clone();
    wrong[entry] = impossible;
    assertThatThrownBy(() -> door.release(ofCampaign(campaign, mechanism, 1), () -> wrong))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must");
  }

  private static ReleaseRequest ofCampaign(Digest campaign, Mechanism mechanism, long sample) {
    return new ReleaseRequest(
        NORTH, "lung-ct", campaign, ReleaseFixture.TRANSFER_SET, sample, 1, mechanism);
  }

  private void quotas(int north, int south) throws Exception {
    ledger.setQuotas(
        "lung-ct",
        Map.of(
            "north", new Zcdp(north * COST_OF_ONE.picoRho()),
            "south", new Zcdp(south * COST_OF_ONE.picoRho())));
  }

  /** One sample a request, each another one; the parties take turns. */
  private List<Map.Entry<Party, ReleaseOutcome>> concurrently(List<Party> parties, int threads)
      throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Map.Entry<Party, ReleaseOutcome>> outcomes =
        Collections.synchronizedList(new ArrayList<>());
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        long sample = 100L + i;
        Party party = parties.get(i % parties.size());
        all.add(pool.submit(() -> {
          start.await();
          return outcomes.add(
              Map.entry(party, door.release(request(party, sample, 1), () -> votes(1))));
        }));
      }
      start.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      pool.shutdown();
    }
    return outcomes;
  }
}
