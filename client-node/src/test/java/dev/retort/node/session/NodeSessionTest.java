package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.retort.data.FloatSamples;
import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.node.Plans;
import dev.retort.node.policy.Approval;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.shard.UnsuitableRecordsException;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.LabelsRejected;
import dev.retort.proto.v1.LabelsTooLate;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.OfferDeclined;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class NodeSessionTest extends NodeSessionSetUp {

  NodeSessionTest() throws Exception {}

  @Test
  void study_fromOfferToLabels_sendsTheVotesWithNoise() throws Exception {
    start();
    train("s-1");
    ask("s-1", 3);
    assertThat(coordinator.block(0).count()).isEqualTo(16);
    assertThat(coordinator.block(1).firstSample()).isEqualTo(16);
    assertThat(coordinator.block(2).count()).isEqualTo(8);

    AnswerTable votes = trained.get(0);
    assertThat(votes.rows()).isEqualTo(3);
    double squares = 0;
    int[] sums = votes.sums();
    for (int b = 0, at = 0; b < 3; b++) {
      for (int value : coordinator.block(b).values()) {
        squares += Math.pow(value - sums[at++], 2);
      }
    }
    // 163,840 draws: the sample variance lies within 7 standard deviations, 2.5 %, of sigma^2 but
    // once in 10^11 runs.
    assertThat(squares / sums.length / SIGMA / SIGMA).isBetween(0.975, 1.025);
    long cost = SAMPLES * Zcdp.PICO_PER_RHO / SIGMA / SIGMA;
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(new Zcdp(cost));
  }

  @Test
  void labelRequest_repeated_getsTheSameBytesAtNoCharge() throws Exception {
    start();
    train("s-1");
    ask("s-1", 3);
    Zcdp spent = openNode().ledger().filter("main").orElseThrow().spent();
    coordinator.offer("s-1", plan);
    next(NodeEvent::hasTeachersReady);
    ask("s-1", 3);
    assertThat(coordinator.labels().subList(3, 6))
        .isEqualTo(coordinator.labels().subList(0, 3));
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(spent);
    assertThat(trained).hasSize(1);
  }

  @Test
  void labelRequest_receiptLost_isRepeatedWithTheSameBytes() throws Exception {
    start();
    train("s-1");
    coordinator.submissionsToBreak.set(1);
    ask("s-1", 3);
    next(NodeEvent::hasReady);
    coordinator.offer("s-1", plan);
    next(NodeEvent::hasTeachersReady);
    ask("s-1", 3);
    assertThat(coordinator.labels().subList(3, 6))
        .isEqualTo(coordinator.labels().subList(0, 3));
  }

  @Test
  void labelRequest_budgetCoversOneBlock_sendsItAndReportsWhatWasAskedAndLeft() throws Exception {
    // A block of 16 samples costs 16e6 pico-rho at sigma 1000; the budget is that of 24e6.
    // So the last block, of 8 samples, would fit; but the study cannot be finished, and it is not
    // paid for.
    budget = new ApproxDp(Conversion.epsilon(new Zcdp(24_100_000), 1e-6), 1e-6);
    start();
    train("s-1");
    coordinator.ask("s-1", 0, SAMPLES);
    var refused = next(NodeEvent::hasLabelsRefused).getLabelsRefused();
    assertThat(refused.getStudyId()).isEqualTo("s-1");
    assertThat(refused.getFirstSample()).isEqualTo(16);
    assertThat(refused.getSampleCount()).isEqualTo(16);
    assertThat(refused.getAskedPicoRho()).isEqualTo(16_000_000);
    assertThat(refused.getLeftPicoRho()).isBetween(8_000_001L, 8_200_000L);
    assertThat(coordinator.blocks).hasSize(1);
    coordinator.ask("s-1", 32, 8);
    var last = next(NodeEvent::hasLabelsRefused).getLabelsRefused();
    assertThat(last.getFirstSample()).isEqualTo(32);
    assertThat(last.getAskedPicoRho()).isEqualTo(8_000_000);
    assertThat(last.getLeftPicoRho()).isEqualTo(refused.getLeftPicoRho());
    // The first block again, free of charge.
    coordinator.ask("s-1", 0, 16);
    await().until(() -> coordinator.blocks.size() == 2);
    assertThat(coordinator.labels().get(1)).isEqualTo(coordinator.labels().get(0));
  }

  @Test
  void labelRequest_besideBlockBoundaries_abandonsTheStudyAndChargesNothing() throws Exception {
    start();
    train("s-1");
    coordinator.ask("s-1", 1, 16);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("whole blocks");
    assertThat(openNode().ledger().filter("main").orElseThrow().spent()).isEqualTo(Zcdp.ZERO);
    assertThat(coordinator.blocks).isEmpty();
  }

  @Test
  void labelRequest_tooLate_isNoError() throws Exception {
    start();
    train("s-1");
    coordinator.receipt = LabelReceipt.newBuilder().setTooLate(LabelsTooLate.getDefaultInstance());
    ask("s-1", 3);
    coordinator.ping(5);
    next(NodeEvent::hasPong);
    assertThat(coordinator.events.stream().noneMatch(NodeEvent::hasStudyAbandoned))
        .isTrue();
  }

  @Test
  void labelRequest_receiptBeforeTheLastBlock_isHeard() throws Exception {
    coordinator.studyOver = true;
    start();
    train("s-1");
    coordinator.ask("s-1", 0, SAMPLES);
    await().until(() -> !coordinator.blocks.isEmpty());
    // The next order is served, so the node has taken the receipt for what it is.
    coordinator.offer("s-1", plan);
    next(NodeEvent::hasTeachersReady);
    assertThat(coordinator.streams).hasValue(1);
  }

  @Test
  void labelRequest_rejected_abandonsTheStudy() throws Exception {
    start();
    train("s-1");
    coordinator.receipt = LabelReceipt.newBuilder()
        .setRejected(LabelsRejected.newBuilder().setFirstSample(16).setMessage("it differs"));
    coordinator.ask("s-1", 0, SAMPLES);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("sample 16")
        .contains("it differs");
  }

  @Test
  void stream_broken_isDialledAgainAndFetchesAndTrainsNothingTwice() throws Exception {
    start();
    train("s-1");
    assertThat(coordinator.chunksFetched).hasSize(5);
    coordinator.breakStream();
    next(NodeEvent::hasReady);
    train("s-1");
    assertThat(coordinator.streams).hasValue(2);
    assertThat(coordinator.chunksFetched).hasSize(5);
    assertThat(coordinator.manifestsFetched).hasValue(1);
    assertThat(trained).hasSize(1);
  }

  @Test
  void fetch_brokenMidway_resumesWithWhatIsMissing() throws Exception {
    coordinator.chunksUntilBreak.set(2);
    start();
    coordinator.offer("s-1", plan);
    // Three attempts at the third chunk, then the stream is dropped and dialled again.
    next(NodeEvent::hasReady);
    coordinator.chunksUntilBreak.set(Integer.MAX_VALUE);
    train("s-1");
    assertThat(coordinator.chunksFetched).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void fetch_corruptedChunk_isRefusedAndFetchedAgain() throws Exception {
    coordinator.chunksToCorrupt.set(2);
    start();
    train("s-1");
    assertThat(coordinator.chunksFetched).hasSize(7);
    ask("s-1", 3);
  }

  @Test
  void fetch_chunkCorruptEveryTime_abandonsTheStudy() throws Exception {
    coordinator.chunksToCorrupt.set(1000);
    start();
    coordinator.offer("s-1", plan);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("was corrupt 4 times");
    assertThat(trained).isEmpty();
  }

  @Test
  void fetch_manifestSignedBySomebodyElse_abandonsTheStudy() throws Exception {
    coordinator.signer = IdentityKey.generate(new SecureRandom());
    start();
    coordinator.offer("s-1", plan);
    assertThat(next(NodeEvent::hasStudyAbandoned).getStudyAbandoned().getMessage())
        .contains("the manifest does not verify");
    assertThat(coordinator.chunksFetched).isEmpty();
  }

  @Test
  void offer_notApproved_isDeclinedBeforeAnythingIsFetched() throws Exception {
    approval = Approval.none();
    start();
    coordinator.offer("s-1", plan);
    OfferDeclined declined = next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined();
    assertThat(declined.getReason()).isEqualTo(OfferDeclined.Reason.REASON_NOT_APPROVED);
    assertThat(declined.getMessage()).contains(Plans.digest(plan).hex());
    assertThat(coordinator.manifestsFetched).hasValue(0);
  }

  @Test
  void offer_anotherUnit_isDeclinedByPolicy() throws Exception {
    start();
    coordinator.offer(
        "s-1",
        Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA, "privacy.unit=visit"));
    assertThat(next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined().getReason())
        .isEqualTo(OfferDeclined.Reason.REASON_POLICY);
  }

  @Test
  void offer_recordsThatCannotBeRead_isDeclinedWithoutDetails() throws Exception {
    records = (manifest, view, classes) -> {
      throw new UnsuitableRecordsException("no such records", "row 17 of ward-7.csv is ragged");
    };
    start();
    coordinator.offer("s-1", plan);
    OfferDeclined declined = next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined();
    assertThat(declined.getReason()).isEqualTo(OfferDeclined.Reason.REASON_DATA_MISMATCH);
    assertThat(declined.getMessage()).isEqualTo("no such records");
  }

  @Test
  void offer_recordsOfAnotherShape_isDeclined() throws Exception {
    records = SiteRecords.held(PrivateTable.ofRows(new LabelledSamples(
        new FloatSamples(SampleShape.row(3), new float[30]), new int[10], CLASSES)));
    start();
    coordinator.offer("s-1", plan);
    OfferDeclined declined = next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined();
    assertThat(declined.getReason()).isEqualTo(OfferDeclined.Reason.REASON_DATA_MISMATCH);
    assertThat(declined.getMessage()).isEqualTo("the site has no records of shape 2");
  }

  @Test
  void offer_viewThatTheTransferSetDoesNotHave_isDeclinedWithWhatItHas() throws Exception {
    start();
    coordinator.offer(
        "s-1",
        Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA, "teachers.view=image"));
    OfferDeclined declined = next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined();
    assertThat(declined.getReason()).isEqualTo(OfferDeclined.Reason.REASON_UNSUPPORTED);
    assertThat(declined.getMessage())
        .isEqualTo("teachers.view must be '' for a transfer set without views: image");
  }

  @Test
  void offer_gpuThatIsNotThere_isDeclinedAsUnsupported() throws Exception {
    start();
    coordinator.offer(
        "s-1",
        Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA, "teachers.device=gpu:99"));
    assertThat(next(NodeEvent::hasOfferAnswer).getOfferAnswer().getDeclined().getReason())
        .isEqualTo(OfferDeclined.Reason.REASON_UNSUPPORTED);
  }

  @Test
  void offer_fewerRecordsThanTeachers_trainsAllTheSame() throws Exception {
    records = SiteRecords.held(PrivateTable.ofRows(records(1)));
    start();
    train("s-1");
    ask("s-1", 3);
    assertThat(trained.get(0).rows()).isEqualTo(3);
  }

  @Test
  void restart_usesTheSavedVotesAndTheSameBytes() throws Exception {
    start();
    train("s-1");
    coordinator.ask("s-1", 0, 16);
    await().until(() -> coordinator.blocks.size() == 1);
    stop();
    coordinator.events.clear();
    start();
    train("s-1");
    ask("s-1", 3);
    assertThat(trained).as("trained once, before the restart").hasSize(1);
    assertThat(coordinator.labels().get(1)).isEqualTo(coordinator.labels().get(0));
  }

  @Test
  void restart_damagedVotes_trainsTheSameTeachersAgain() throws Exception {
    start();
    train("s-1");
    stop();
    Path votes = home.resolve("studies").resolve(Plans.digest(plan).hex()).resolve("answers");
    byte[] damaged = Files.readAllBytes(votes);
    damaged[200] ^= 1;
    Files.write(votes, damaged);
    coordinator.events.clear();
    start();
    train("s-1");
    assertThat(trained).hasSize(2);
    assertThat(trained.get(1).sums()).isEqualTo(trained.get(0).sums());
  }

  @Test
  void close_ofAStudy_removesItsVotes() throws Exception {
    start();
    train("s-1");
    Path votes = home.resolve("studies").resolve(Plans.digest(plan).hex()).resolve("answers");
    assertThat(votes).exists();
    coordinator.closeStudy("s-1");
    await().until(() -> !Files.exists(votes));
  }

  @Test
  void ping_whileTeachersTrain_isAnsweredAtOnce() throws Exception {
    mayTrain = new CountDownLatch(1);
    start();
    coordinator.offer("s-1", plan);
    await().until(() -> !trained.isEmpty());
    coordinator.ping(42);
    assertThat(next(NodeEvent::hasPong).getPong().getNonce()).isEqualTo(42);
    mayTrain.countDown();
    next(NodeEvent::hasTeachersReady);
  }

  @Test
  void close_whileTeachersTrain_returnsAndLeavesTheLedgerFree() throws Exception {
    mayTrain = new CountDownLatch(1);
    start();
    coordinator.offer("s-1", plan);
    await().until(() -> !trained.isEmpty());
    stop();
    node = open();
  }

  @Test
  void closeOfAStudy_whileItsTeachersTrain_stopsThemAndDropsWhatWaits() throws Exception {
    mayTrain = new CountDownLatch(1);
    start();
    coordinator.offer("s-1", plan);
    await().until(() -> !trained.isEmpty());
    coordinator.offer("s-2", plan);
    coordinator.closeStudy("s-2");
    coordinator.closeStudy("s-1");
    // Served after all that, though nobody ever let the training go on.
    coordinator.offer(
        "s-3", Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA, "privacy.unit=x"));
    next(event -> event.getOfferAnswer().hasDeclined());
    assertThat(trained).hasSize(1);
    assertThat(home.resolve("studies").resolve(Plans.digest(plan).hex()).resolve("answers"))
        .doesNotExist();
  }

  @Test
  void start_coordinatorDown_connectsOnceItIsUp() throws Exception {
    coordinator.close();
    node = open();
    node.start();
    coordinator = new FakeCoordinator(
        InProcessServerBuilder.forName(name),
        samples(SAMPLES),
        8,
        coordinator.key,
        identity.publicKey());
    next(NodeEvent::hasReady);
  }

  /** Copies the closed ledger. */
  private Path copyOfTheLedger(String as) throws Exception {
    return Files.copy(home.resolve("ledger.db"), home.resolve(as));
  }

  private void putBack(Path copy) throws Exception {
    Files.deleteIfExists(home.resolve("ledger.db-wal"));
    Files.deleteIfExists(home.resolve("ledger.db-shm"));
    Files.copy(copy, home.resolve("ledger.db"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void start_ledgerIsCosignedBeforeAnythingElse() throws Exception {
    start();
    assertThat(coordinator.accepted()).isEqualTo(openNode().ledger().size());
    SignedNote cosigned = SignedNote.parse(openNode().ledger().cosigned().get(0));
    assertThat(cosigned.isSignedBy(openNode().ledger().verifierKey())).isTrue();
    assertThat(
            cosigned.isSignedBy(VerifierKey.ofWitness("retort/test", coordinator.key.publicKey())))
        .isTrue();
  }

  @Test
  void block_comesWithTheProofOfItsReleaseInAnAcceptedTree() throws Exception {
    start();
    train("s-1");
    ask("s-1", 3);
    Party party = Party.ofKey(FakeCoordinator.FEDERATION, coordinator.key.publicKey());
    VerifierKey ledger = openNode().ledger().verifierKey();
    for (int i = 0; i < 3; i++) {
      LabelBlock block = coordinator.block(i);
      coordinator
          .proof(i)
          .verify(
              new ReleaseProof.Claim(
                  KeyHistory.of(ledger),
                  Plans.digest(plan),
                  Query.batch(coordinator.manifest.digest(), block.firstSample(), block.count()),
                  block.count(),
                  party,
                  StudyNoise.mechanism(plan),
                  block.digest()),
              size -> coordinator.witnessed().accepted(ledger, size).map(Checkpoint::root));
    }
  }

  @Test
  void blocks_sentBeforeTheCoordinatorAnswers_areNone() throws Exception {
    start();
    train("s-1");
    coordinator.checkpointsToBreak.set(2);
    long before = coordinator.checkpoints.get();
    ask("s-1", 3);
    // One question a block, and the broken ones were asked again.
    assertThat(coordinator.checkpoints.get()).isEqualTo(before + 3);
    assertThat(coordinator.accepted()).isEqualTo(openNode().ledger().size());
  }

  @Test
  void ledgerPutBack_afterARestart_endsTheNodeBeforeItSaysReady() throws Exception {
    start();
    train("s-1");
    stop();
    Path old = copyOfTheLedger("old.db");
    start();
    coordinator.offer("s-1", plan);
    next(NodeEvent::hasTeachersReady);
    ask("s-1", 3);
    long newest = openNode().ledger().size();
    stop();
    putBack(old);
    coordinator.events.clear();

    node = open();
    long own = openNode().ledger().size();
    node.start();
    assertThatThrownBy(() -> openNode().awaitEnd())
        .isInstanceOfSatisfying(RolledBackException.class, e -> {
          assertThat(e.knownSize()).isEqualTo(newest);
          assertThat(e.ownSize()).isEqualTo(own).isLessThan(newest);
        })
        .hasMessageContaining(newest + " entries")
        .hasMessageContaining("this store has " + own + " entries")
        .hasMessageContaining("stop every other copy")
        .hasMessageContaining("put back the newest copy of ledger.db")
        .hasMessageContaining("Never delete ledger.db")
        .hasMessageContaining("taken as spent");
    assertThat(coordinator.events).noneMatch(NodeEvent::hasReady);
  }

  @Test
  void ledgerCopiedAndContinuedElsewhere_copyThatComesSecondSendsNothing() throws Exception {
    start();
    train("s-1");
    stop();
    Path copy = copyOfTheLedger("copy.db");
    start();
    coordinator.offer("s-1", plan);
    next(NodeEvent::hasTeachersReady);
    // Both were at the same tree. The copy goes another way, and the coordinator sees it.
    try (PrivacyLedger elsewhere =
        PrivacyLedger.open(copy, IdentitySigner.of(SITE, identity), InstantSource.system())) {
      long seen = coordinator.accepted();
      assertThat(elsewhere.size()).isEqualTo(seen);
      // As many entries as a charge and its release.
      elsewhere.setQuotas("main", Map.of("elsewhere", new Zcdp(1), "beyond", new Zcdp(1)));
      assertThat(coordinator.look(
              elsewhere.checkpoint(), seen, elsewhere.consistency(seen, elsewhere.size())))
          .isInstanceOf(WitnessOutcome.Cosigned.class);
    }
    coordinator.ask("s-1", 0, SAMPLES);

    assertThatThrownBy(() -> openNode().awaitEnd())
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("went another way");
    assertThat(coordinator.blocks).isEmpty();
    assertThat(coordinator.witnessed().evidence()).isNotEmpty();
  }

  @Test
  void conflictThatTheNodeDidNotSign_isNoRollback() throws Exception {
    IdentityKey stranger = IdentityKey.generate(new SecureRandom());
    IdentitySigner signer = new IdentitySigner("retort/test/site-1", stranger);
    String forged = SignedNote.sign(
            new Checkpoint(signer.name(), 99, Digest.of(new byte[0])).text(), signer)
        .encode();
    coordinator.checkpointAnswer =
        WireWitness.response(new WitnessOutcome.Conflict(99, forged, List.of()));
    node = open();
    node.start();
    await().until(() -> coordinator.checkpoints.get() > 2);
    assertThat(coordinator.events).noneMatch(NodeEvent::hasReady);
    coordinator.checkpointAnswer = null;
    next(NodeEvent::hasReady);
  }

  @Test
  void cosignatureThatDoesNotVerify_isNotTaken() throws Exception {
    coordinator.checkpointAnswer = WireWitness.response(
        new WitnessOutcome.Cosigned("\u2014 retort/test " + "A".repeat(100) + "\n"));
    node = open();
    node.start();
    await().until(() -> coordinator.checkpoints.get() > 2);
    assertThat(coordinator.events).noneMatch(NodeEvent::hasReady);
    assertThat(openNode().ledger().cosigned()).isEmpty();
    coordinator.checkpointAnswer = null;
    next(NodeEvent::hasReady);
  }

  @Test
  void witnessThatKnowsLess_isAskedFromWhatItKnows() throws Exception {
    start();
    train("s-1");
    stop();
    // As a coordinator that was set up anew.
    coordinator.close();
    coordinator = new FakeCoordinator(
        InProcessServerBuilder.forName(name),
        samples(SAMPLES),
        8,
        coordinator.key,
        identity.publicKey());
    start();
    assertThat(coordinator.accepted()).isEqualTo(openNode().ledger().size());
  }

  @Test
  void secondNode_onTheSameLedger_isRefused() throws Exception {
    start();
    assertThatThrownBy(this::open).isInstanceOf(LogInUseException.class);
  }

  @Test
  void twoStudies_withOtherTeacherCounts_areBothAnswered() throws Exception {
    start();
    train("s-1");
    StudyPlan five =
        Plans.plan(coordinator.manifest.ref(), CLASSES, SAMPLES, SIGMA, "teachers.perNode=5");
    coordinator.offer("s-2", five);
    next(event ->
        event.hasTeachersReady() && event.getTeachersReady().getStudyId().equals("s-2"));
    ask("s-1", 3);
    ask("s-2", 3);
    LabelBlock first = coordinator.block(0);
    LabelBlock second = coordinator.block(3);
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void handshake_incompatible_endsTheSessionWithTheAdvice() throws Exception {
    coordinator.outdated = true;
    node = open();
    node.start();
    assertThatThrownBy(() -> openNode().awaitEnd())
        .isInstanceOf(IncompatibleProtocolException.class)
        .hasMessageContaining("install retort 9 at this site");
  }
}
