package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ReleaseProof.Claim;
import dev.retort.ledger.ReleaseProof.Flaw;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MerkleProofs;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseProofTest {

  private static final Query QUERY = PrivacyLedgerTest.query(0, 2);
  private static final Digest ANSWER = PrivacyLedgerTest.block(0, 2).digest();

  @TempDir
  Path directory;

  private PrivacyLedger ledger;
  private long charge;
  private ReleaseProof proof;

  @BeforeEach
  void release() throws Exception {
    ledger = PrivacyLedgerTest.ready(directory);
    charge = PrivacyLedgerTest.charged(ledger, QUERY);
    ledger.release(charge, PrivacyLedgerTest.block(0, 2), Digest.of(new byte[0]));
    long later = PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(1, 1));
    ledger.release(later, PrivacyLedgerTest.block(1, 1), Digest.of(new byte[0]));
    proof = ledger.releaseProof(charge, ledger.size());
  }

  @AfterEach
  void close() throws Exception {
    ledger.close();
  }

  private Claim claim() {
    return new Claim(
        ledger.keys(),
        QUERY.campaign(),
        QUERY.batch(),
        QUERY.outputs(),
        PrivacyLedgerTest.NORTH,
        PrivacyLedgerTest.MECHANISM,
        ANSWER);
  }

  private Claim claim(
      KeyHistory keys,
      Digest campaign,
      Digest batch,
      int outputs,
      Party party,
      Mechanism mechanism) {
    return new Claim(keys, campaign, batch, outputs, party, mechanism, ANSWER);
  }

  private void assertFlaw(Flaw flaw, ReleaseProof given, Claim claim) {
    assertThatExceptionOfType(UnprovenReleaseException.class)
        .isThrownBy(() -> given.verify(claim, ledger::root))
        .satisfies(e -> assertThat(e.flaw()).as(e.getMessage()).isEqualTo(flaw));
  }

  @Test
  void verify_everyTreeThatHoldsBoth_showsTheRelease() throws Exception {
    for (long size = charge + 2; size <= ledger.size(); size++) {
      ledger.releaseProof(charge, size).verify(claim(), ledger::root);
    }
    long tooSmall = charge + 1;
    assertThatThrownBy(() -> ledger.releaseProof(charge, tooSmall))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void verify_anotherClaim_namesWhatDiffers() {
    Digest other = Digest.of(new byte[] {99});
    Claim c = claim();
    VerifierKey stranger = VerifierKey.ofLog(new UnsafeTestSigner("site-a", "another site a"));
    assertFlaw(
        Flaw.SIGNATURE,
        proof,
        claim(
            KeyHistory.of(stranger),
            c.campaign(),
            c.batch(),
            c.outputs(),
            c.party(),
            c.mechanism()));
    assertFlaw(
        Flaw.CAMPAIGN,
        proof,
        claim(c.keys(), other, c.batch(), c.outputs(), c.party(), c.mechanism()));
    assertFlaw(
        Flaw.QUERY,
        proof,
        claim(c.keys(), c.campaign(), other, c.outputs(), c.party(), c.mechanism()));
    assertFlaw(
        Flaw.QUERY, proof, claim(c.keys(), c.campaign(), c.batch(), 3, c.party(), c.mechanism()));
    assertFlaw(
        Flaw.QUERY,
        proof,
        claim(
            c.keys(),
            c.campaign(),
            c.batch(),
            c.outputs(),
            c.party(),
            new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 41)));
    assertFlaw(
        Flaw.PARTY,
        proof,
        claim(
            c.keys(),
            c.campaign(),
            c.batch(),
            c.outputs(),
            new Party("north", other),
            c.mechanism()));
    assertFlaw(
        Flaw.ANSWER,
        proof,
        new Claim(c.keys(), c.campaign(), c.batch(), c.outputs(), c.party(), c.mechanism(), other));
  }

  @Test
  void verify_otherEntriesOrPlaces_isNoProof() throws Exception {
    EntryProof opening = ledger.inclusion(0, ledger.size());
    assertFlaw(Flaw.ENTRIES, new ReleaseProof(opening, proof.release(), proof.size()), claim());
    assertFlaw(
        Flaw.ENTRIES, new ReleaseProof(proof.charge(), proof.charge(), proof.size()), claim());
    EntryProof moved = new EntryProof(
        proof.charge().seq() + 1, proof.charge().envelope(), proof.charge().path());
    assertFlaw(Flaw.ENTRIES, new ReleaseProof(moved, proof.release(), proof.size()), claim());
    // The release of another charge.
    EntryProof another = ledger.inclusion(charge + 3, ledger.size());
    assertFlaw(Flaw.ENTRIES, new ReleaseProof(proof.charge(), another, proof.size()), claim());
    LogSigner site = PrivacyLedgerTest.SITE;
    Envelope noEntry = Envelope.sign("{}".getBytes(StandardCharsets.UTF_8), site);
    assertFlaw(
        Flaw.MALFORMED,
        new ReleaseProof(new EntryProof(charge, noEntry, List.of()), proof.release(), proof.size()),
        claim());
  }

  @Test
  void verify_untrustedTreeOrOtherPath_isNoProof() throws Exception {
    assertThatExceptionOfType(UnprovenReleaseException.class)
        .isThrownBy(() -> proof.verify(claim(), size -> Optional.empty()))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TREE));
    assertFlaw(
        Flaw.TREE, new ReleaseProof(proof.charge(), proof.release(), ledger.size() + 1), claim());
    for (int i = 0; i < proof.release().path().size(); i++) {
      List<Digest> path = new ArrayList<>(proof.release().path());
      path.set(i, Digest.of(new byte[] {99}));
      assertFlaw(
          Flaw.INCLUSION,
          new ReleaseProof(
              proof.charge(),
              new EntryProof(proof.release().seq(), proof.release().envelope(), path),
              proof.size()),
          claim());
    }
  }

  @Test
  void ledger_provesItsOwnGrowth() throws Exception {
    long size = ledger.size();
    for (long old = 0; old <= size; old++) {
      assertThat(MerkleProofs.verifyConsistency(
              old,
              ledger.root(old).orElseThrow(),
              size,
              ledger.root(size).orElseThrow(),
              ledger.consistency(old, size)))
          .isTrue();
    }
    assertThat(ledger.root(size + 1)).isEmpty();
    assertThatThrownBy(() -> ledger.consistency(0, size + 1))
        .isInstanceOf(IllegalArgumentException.class);
    ledger.putCosigned(ledger.verifierKey(), ledger.checkpoint());
    ledger.putCosigned(ledger.verifierKey(), ledger.checkpoint());
    assertThat(ledger.cosigned()).containsExactly(ledger.checkpoint());
  }

  @Test
  void verify_keyChangedBetweenChargeAndRelease_takesEachByItsOwn() throws Exception {
    long open = PrivacyLedgerTest.charged(ledger, PrivacyLedgerTest.query(2, 1));
    KeyHistory before = ledger.keys();
    ledger.rotateKey(new UnsafeTestSigner(PrivacyLedgerTest.SITE.name(), "second key"));
    LabelBlock block = PrivacyLedgerTest.block(2, 1);
    ledger.release(open, block, Digest.of(new byte[0]));
    ReleaseProof across = ledger.releaseProof(open, ledger.size());
    Query query = PrivacyLedgerTest.query(2, 1);
    Claim claim = new Claim(
        ledger.keys(),
        query.campaign(),
        query.batch(),
        query.outputs(),
        PrivacyLedgerTest.NORTH,
        PrivacyLedgerTest.MECHANISM,
        block.digest());
    across.verify(claim, ledger::root);
    // Both from before, in a tree that the new key signed.
    ledger.releaseProof(charge, ledger.size()).verify(claim(), ledger::root);
    assertFlaw(
        Flaw.SIGNATURE,
        across,
        new Claim(
            before,
            query.campaign(),
            query.batch(),
            query.outputs(),
            PrivacyLedgerTest.NORTH,
            PrivacyLedgerTest.MECHANISM,
            block.digest()));
  }
}
