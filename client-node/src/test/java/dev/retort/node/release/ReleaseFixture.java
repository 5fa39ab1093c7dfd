package dev.retort.node.release;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.noise.NoiseKey;
import dev.retort.noise.NoisePool;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import java.util.Arrays;

/** One data set of 50 teachers, one campaign of votes over three classes at sigma 40, and what is asked of them. */
final class ReleaseFixture {

  static final int TEACHERS = 50;
  static final Digest CAMPAIGN = Digest.of(new byte[] {7});
  static final Digest TRANSFER_SET = Digest.of(new byte[] {8});
  static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 40);
  static final Zcdp COST_OF_ONE = MECHANISM.cost(1);

  static final Party NORTH = new Party("north", Digest.of(new byte[] {9}));

  private ReleaseFixture() {}

  static void openPolicy(PrivacyLedger ledger, ApproxDp guarantee) throws Exception {
    ledger.openPolicy("lung-ct", "patient", guarantee);
    bind(ledger, 1);
    ledger.openCampaign(CAMPAIGN, MECHANISM);
  }

  static void bind(PrivacyLedger ledger, int version) throws Exception {
    ledger.bindDataset(
        new DatasetBind("lung-ct", commitment(version), TEACHERS, "prf-mod-teachers/1"));
  }

  /** Which version of the data set, 1 or 2, was bound. */
  static int version(DatasetBind bind) {
    return bind.datasetCommitment().equals(commitment(1)) ? 1 : 2;
  }

  private static Digest commitment(int version) {
    return Digest.of(new byte[] {(byte) version});
  }

  static LabelRelease door(PrivacyLedger ledger) {
    return new LabelRelease(ledger, NoisePool.none(noiseKey()));
  }

  /** A door that draws the noise of what it foresees at once. */
  static LabelRelease poolingDoor(PrivacyLedger ledger, int mostSamples) {
    return new LabelRelease(ledger, new NoisePool(noiseKey(), mostSamples, Runnable::run));
  }

  static NoiseKey noiseKey() {
    byte[] key = new byte[NoiseKey.BYTES];
    Arrays.fill(key, (byte) 42);
    return new NoiseKey(key);
  }

  static ReleaseRequest request(long firstSample, int count) {
    return request(NORTH, firstSample, count);
  }

  static ReleaseRequest request(Party party, long firstSample, int count) {
    return new ReleaseRequest(
        party, "lung-ct", CAMPAIGN, TRANSFER_SET, firstSample, count, MECHANISM);
  }

  /** All teachers but one agree on the first class. */
  static int[] votes(int count) {
    return votes(count, 1);
  }

  /** As many teachers differ as the data set's version says. */
  static int[] votes(int count, int version) {
    int[] votes = new int[3 * count];
    for (int row = 0; row < count; row++) {
      votes[3 * row] = TEACHERS - version;
      votes[3 * row + 2] = version;
    }
    return votes;
  }

  static Zcdp spent(PrivacyLedger ledger) {
    return ledger.filter("lung-ct").map(BudgetFilter::spent).orElseThrow();
  }
}
