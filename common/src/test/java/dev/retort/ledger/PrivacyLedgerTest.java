package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.ChargeOutcome.OverLimit;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyLedgerTest {

  static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T12:34:56Z"));
  static final LogSigner SITE = new UnsafeTestSigner("site-a", "site a");
  static final Digest CAMPAIGN = Digest.of(new byte[] {7});
  static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 40);

  /** Covers 38 queries at 0.000625 each, and not a 39th. */
  static final ApproxDp GUARANTEE = new ApproxDp(1, 1e-6);

  static final Limit PATIENT = new Limit.Filter("patient");
  static final Party NORTH = new Party("north", CAMPAIGN);

  @TempDir
  Path directory;

  @Test
  void charge_uptoTheBudget_isGrantedThenRefused() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      assertThat(ledger.charge(query(0, 30), NORTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(1, 8), NORTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(2, 1), NORTH))
          .isEqualTo(new OverLimit(
              PATIENT, new Zcdp(625_000_000), new Zcdp(24_355_970_359L - 38 * 625_000_000L)));
      assertThat(spent(ledger)).isEqualTo(new Zcdp(38 * 625_000_000L));
    }
  }

  @Test
  void charge_afterReopening_continuesFromWhatWasSpent() throws Exception {
    Digest answered = query(0, 2).digest(MECHANISM);
    try (PrivacyLedger ledger = ready(directory)) {
      long seq = charged(ledger, query(0, 2));
      ledger.release(seq, block(0, 2), CAMPAIGN);
      ledger.charge(query(1, 5), NORTH);
    }
    try (PrivacyLedger ledger = open(directory)) {
      assertThat(spent(ledger)).isEqualTo(new Zcdp(7 * 625_000_000L));
      assertThat(ledger.answer(answered))
          .hasValueSatisfying(a -> assertThat(a.block()).isEqualTo(block(0, 2)));
      assertThat(ledger.pendingCharges()).singleElement().satisfies(pending -> {
        assertThat(pending.recomputable()).isTrue();
        assertThat(pending.charge().query()).isEqualTo(query(1, 5));
      });
      assertThat(ledger.charge(query(2, 31), NORTH)).isInstanceOf(Charged.class);
      assertThat(ledger.charge(query(3, 1), NORTH)).isInstanceOf(OverLimit.class);
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void charge_acrossCampaigns_sharesOneBudget() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      Digest other = Digest.of(new byte[] {8});
      ledger.openCampaign(other, new DiscreteGaussianHistogram(LabelGrid.VOTE, 5, 20));
      ledger.charge(query(0, 30), NORTH);
      assertThat(ledger.charge(new Query("lung-ct", other, CAMPAIGN, 3), NORTH))
          .isInstanceOf(OverLimit.class);
      assertThat(ledger.charge(new Query("lung-ct", other, CAMPAIGN, 2), NORTH))
          .isInstanceOf(Charged.class);
    }
  }

  @Test
  void charge_refusedTwice_isWrittenDownOnce() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 39), NORTH);
      ledger.charge(query(0, 39), NORTH);
    }
    assertThat(LedgerReader.entries(file(directory)))
        .filteredOn(r -> r.entry() instanceof Refuse)
        .hasSize(1);
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void charge_ofAPendingQuery_isACallersBug() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 1), NORTH);
      assertThatThrownBy(() -> ledger.charge(query(0, 1), NORTH))
          .isInstanceOf(IllegalStateException.class);
      assertThat(spent(ledger)).isEqualTo(new Zcdp(625_000_000L));
    }
  }

  @Test
  void release_secondTimeForACharge_isACallersBug() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      long seq = charged(ledger, query(0, 1));
      ledger.release(seq, block(0, 1), CAMPAIGN);
      assertThatThrownBy(() -> ledger.release(seq, block(0, 1), CAMPAIGN))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> ledger.burn(seq, BurnReason.ABANDONED))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void burn_pendingCharge_keepsItSpentAndAllowsAnother() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.burn(charged(ledger, query(0, 1)), BurnReason.ABANDONED);
      assertThat(spent(ledger)).isEqualTo(new Zcdp(625_000_000L));
      assertThat(ledger.charge(query(0, 1), NORTH)).isInstanceOf(Charged.class);
      assertThat(spent(ledger)).isEqualTo(new Zcdp(2 * 625_000_000L));
    }
    assertThat(LedgerVerifier.verify(file(directory)).findings()).isEmpty();
  }

  @Test
  void bindDataset_afterACharge_makesItUnrecomputable() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 1), NORTH);
      ledger.bindDataset(
          new DatasetBind("lung-ct", Digest.of(new byte[] {9}), 50, "prf-mod-teachers/1"));
      assertThat(ledger.pendingCharges())
          .singleElement()
          .satisfies(p -> assertThat(p.recomputable()).isFalse());
    }
  }

  @Test
  void openPolicy_again_isIdempotentAndRefusesAnother() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      long size = ledger.size();
      ledger.openPolicy("lung-ct", "patient", GUARANTEE);
      ledger.openCampaign(CAMPAIGN, MECHANISM);
      assertThat(ledger.size()).isEqualTo(size);
      assertThatThrownBy(() -> ledger.openPolicy("lung-ct", "patient", new ApproxDp(8, 1e-6)))
          .isInstanceOf(PolicyConflictException.class)
          .hasMessageContaining("lung-ct")
          .hasMessageContaining("8.0");
      assertThatThrownBy(() ->
              ledger.openCampaign(CAMPAIGN, new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(ledger.size()).isEqualTo(size);
    }
  }

  @Test
  void open_whileOpen_isRefusedAndTheFirstGoesOn() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      assertThatThrownBy(() -> open(directory)).isInstanceOf(LogInUseException.class);
      assertThatThrownBy(() -> open(directory)).isInstanceOf(LogInUseException.class);
      assertThat(ledger.charge(query(0, 1), NORTH)).isInstanceOf(Charged.class);
    }
    open(directory).close();
  }

  @Test
  void open_otherNodesLedger_isRefused() throws Exception {
    ready(directory).close();
    assertThatThrownBy(() ->
            PrivacyLedger.open(file(directory), new UnsafeTestSigner("site-b", "site b"), CLOCK))
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("log key must be site-b");
    open(directory).close();
  }

  @Test
  void open_notALedger_isRefused() throws IOException {
    Files.writeString(
        file(directory),
        "this is no database, and longer than a page header of one hundred bytes".repeat(20));
    assertThatThrownBy(() -> open(directory)).isInstanceOf(MalformedLogException.class);
    assertThatThrownBy(() -> LedgerVerifier.verify(file(directory)))
        .isInstanceOf(MalformedLogException.class);
  }

  @Test
  void open_noDirectory_isUnavailable() {
    assertThatThrownBy(() -> open(directory.resolve("missing")))
        .isInstanceOf(LogUnavailableException.class);
    assertThatThrownBy(() -> LedgerVerifier.verify(file(directory)))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("must be a node's home, a ledger.db or an export");
  }

  @Test
  void charge_fullDisk_changesNothing() throws Exception {
    ready(directory).close();
    long chargesThatFit = 0;
    try (PrivacyLedger ledger = PrivacyLedger.open(file(directory), SITE, List.of(), CLOCK, 10)) {
      long size = ledger.size();
      Zcdp spent = spent(ledger);
      String checkpoint = ledger.checkpoint();
      try {
        while (chargesThatFit < 38) {
          ledger.charge(query((int) chargesThatFit, 1), NORTH);
          chargesThatFit++;
          size = ledger.size();
          spent = spent(ledger);
          checkpoint = ledger.checkpoint();
        }
      } catch (LogUnavailableException e) {
        assertThat(e)
            .hasMessageContaining("nothing was charged")
            .hasMessageContaining("free disk space");
      }
      assertThat(chargesThatFit).isBetween(1L, 37L);
      assertThat(ledger.size()).isEqualTo(size);
      assertThat(spent(ledger)).isEqualTo(spent);
      assertThat(ledger.checkpoint()).isEqualTo(checkpoint);
      assertThat(LedgerVerifier.verify(file(directory)).ok()).isTrue();
    }
    // With room again, the ledger goes on from where it was.
    try (PrivacyLedger ledger = open(directory)) {
      assertThat(spent(ledger)).isEqualTo(new Zcdp(chargesThatFit * 625_000_000L));
      assertThat(ledger.charge(query(99, 1), NORTH)).isInstanceOf(Charged.class);
    }
    assertThat(LedgerVerifier.verify(file(directory)).ok()).isTrue();
  }

  @Test
  void verify_soundLedger_reportsSpendingAndEpsilon() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.release(charged(ledger, query(0, 10)), block(0, 10), CAMPAIGN);
      long pending = charged(ledger, query(1, 28));
      // The file is read while the ledger is open for writing.
      LedgerReport report =
          LedgerVerifier.verify(file(directory), VerifierKey.ofLog(SITE).toString());
      assertThat(report.findings()).isEmpty();
      assertThat(report.ok()).isTrue();
      assertThat(report.entries()).isEqualTo(ledger.size());
      assertThat(report.pendingCharges()).containsExactly(pending);
      assertThat(report.lineages()).singleElement().satisfies(lineage -> {
        assertThat(lineage.spent()).isEqualTo(new Zcdp(38 * 625_000_000L));
        assertThat(lineage.epsilonSpent()).isBetween(0.97, 1.0);
        assertThat(lineage.releases()).isEqualTo(1);
        assertThat(lineage.guarantee()).isEqualTo(GUARANTEE);
      });
    }
    assertThat(LedgerVerifier.verify(file(directory)).ok()).isTrue();
  }

  @Test
  void entries_soundLedger_listsThemInOrderToTheMinute() throws Exception {
    ready(directory).close();
    List<LedgerRecord> records = LedgerReader.entries(file(directory));
    assertThat(records)
        .extracting(r -> r.entry().type())
        .containsExactly("policy-open", "dataset-bind", "campaign-open");
    assertThat(records).extracting(LedgerRecord::seq).containsExactly(0L, 1L, 2L);
    assertThat(records)
        .extracting(LedgerRecord::tick)
        .containsOnly(Instant.parse("2026-03-01T12:34:00Z"));
  }

  @Test
  void checkpoint_everyAppend_coversAllEntries() throws Exception {
    try (PrivacyLedger ledger = ready(directory)) {
      ledger.charge(query(0, 1), NORTH);
      SignedNote note = SignedNote.parse(ledger.checkpoint());
      assertThat(note.isSignedBy(VerifierKey.ofLog(SITE))).isTrue();
      assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(4);
      assertThat(Checkpoint.parse(note.text()).origin()).isEqualTo("site-a");
    }
  }

  static PrivacyLedger open(Path directory)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return PrivacyLedger.open(file(directory), SITE, CLOCK);
  }

  static PrivacyLedger ready(Path directory) throws Exception {
    PrivacyLedger ledger = open(directory);
    ledger.openPolicy("lung-ct", "patient", GUARANTEE);
    ledger.bindDataset(new DatasetBind("lung-ct", CAMPAIGN, 50, "prf-mod-teachers/1"));
    ledger.openCampaign(CAMPAIGN, MECHANISM);
    return ledger;
  }

  static Path file(Path directory) {
    return directory.resolve("ledger.db");
  }

  static Query query(int batch, int outputs) {
    return new Query("lung-ct", CAMPAIGN, Query.batch(CAMPAIGN, 100L * batch, outputs), outputs);
  }

  static LabelBlock block(int batch, int outputs) {
    int[] values = new int[outputs * 3];
    Arrays.fill(values, batch + 5);
    return new LabelBlock(100L * batch, outputs, 3, values);
  }

  static long charged(PrivacyLedger ledger, Query query) throws LogUnavailableException {
    return ((Charged) ledger.charge(query, NORTH)).seq();
  }

  private static Zcdp spent(PrivacyLedger ledger) {
    return ledger.filter("lung-ct").map(BudgetFilter::spent).orElseThrow();
  }
}
