package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.study.Study;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.Party;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.node.Node;
import dev.retort.node.NodeHome;
import dev.retort.node.session.RolledBackException;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.LabelsRejected.Reason;
import dev.retort.proto.v1.NodeStatus.Phase;
import dev.retort.proto.v1.ReleaseProofMessage;
import dev.retort.testkit.RawNode.Released;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;
import dev.retort.witness.ForkEvidence;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import dev.retort.witness.WitnessStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ledgers that are put back, copied or forked, and blocks that no ledger knows, over TLS on loopback. */
@Tag("slow")
@Timeout(600)
final class WitnessedFederationTest {

  private static final int SIDE = 8;
  private static final int PUBLIC = 60;

  @TempDir
  private Path root;

  private TestFederation federation;

  @BeforeEach
  void found() throws Exception {
    federation = TestFederation.found(root);
  }

  @AfterEach
  void close() throws Exception {
    federation.close();
  }

  private static Pictures records(long seed) {
    return Pictures.draw(60, SIDE, seed);
  }

  private String study(int seed) throws Exception {
    return federation.create(
        """
        study: pictures
        seed: %d
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60 }
        teachers: { perNode: 3, architecture: linear, epochs: 2, device: cpu }
        student: { architecture: linear, warmUpEpochs: 1, epochs: 1, selfTraining: 'off' }
        cohort: { deadline: PT10M }
        """.formatted(seed, federation.importPictures(Pictures.draw(PUBLIC, SIDE, 1))));
  }

  /** A node's whole home under another path, with its permissions. */
  private NodeHome cloned(NodeHome home, String as) throws Exception {
    Path copy = root.resolve(as);
    try (Stream<Path> files = Files.walk(home.root())) {
      files.forEach(file -> {
        try {
          Files.copy(
              file,
              copy.resolve(home.root().relativize(file).toString()),
              StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
    return new NodeHome(copy);
  }

  private static void putBack(Path copy, NodeHome home) throws IOException {
    assertThat(home.root().resolve("ledger.db-wal")).doesNotExist();
    Files.copy(copy, home.ledger(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** A node that has connected once, and a copy of its ledger from then. */
  private Path ledgerOf(NodeHome home) throws Exception {
    try (Node node = federation.start(home)) {
      await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
      assertThat(node.ledger().size()).isPositive();
    }
    return Files.copy(home.ledger(), root.resolve("old.db"));
  }

  private WitnessStore coordinatorsStore() throws Exception {
    return WitnessStore.open(federation.witness());
  }

  @Test
  void ledgerPutBack_serveInItsOwnProcess_endsWithCode3AndSaysWhatToDo() throws Exception {
    NodeHome home = federation.enrol("site-a", records(1));
    Path old = ledgerOf(home);
    Node node = federation.start(home);
    federation.awaitFinished(study(1));
    long newest = node.ledger().size();
    node.close();
    Path backup = Files.copy(home.ledger(), root.resolve("newest.db"));

    putBack(old, home);
    Process process = serve(home, "put-back");
    assertThat(process.waitFor(TestFederation.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
    String said = Files.readString(root.resolve("put-back.log"));
    assertThat(process.exitValue()).as(said).isEqualTo(3);
    assertThat(said)
        .contains("retort: the privacy ledger in this store is not the newest")
        .contains("the coordinator knows a checkpoint of " + newest + " entries")
        .contains("put back the newest copy of ledger.db")
        .contains("Never delete ledger.db");

    // What it says helps.
    putBack(backup, home);
    Node again = federation.start(home);
    federation.awaitFinished(study(2));
    assertThat(again.ledger().size()).isGreaterThan(newest);
  }

  @Test
  void homeCloned_copyThatComesSecondIsRefusedAndTheFirstGoesOn() throws Exception {
    NodeHome home = federation.enrol("site-a", records(1));
    ledgerOf(home);
    NodeHome clone = cloned(home, "clone");
    Node first = federation.start(home);
    federation.awaitFinished(study(1));

    Node second = federation.start(clone);
    assertThatThrownBy(second::awaitEnd)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("stop every other copy of this node");
    assertThat(federation.connected("site-a")).isTrue();
    federation.awaitFinished(study(2));
    assertThat(first.ledger().size()).isGreaterThan(second.ledger().size());
  }

  @Test
  void twoProcesses_onOneHome_secondDoesNotStart() throws Exception {
    NodeHome home = federation.enrol("site-a", records(1));
    Node first = federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    Process second = serve(home, "second");
    assertThat(second.waitFor(TestFederation.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
    assertThat(Files.readString(root.resolve("second.log")))
        .contains("log must have one writer")
        .contains("stop the other process");
    assertThat(federation.connected("site-a")).isTrue();
    first.close();
  }

  @Test
  void peers_cosignAfterAStudyAndKnowWhatAForgetfulCoordinatorDoesNot() throws Exception {
    NodeHome a = federation.enrol("site-a", records(1));
    Path old = ledgerOf(a);
    Node nodeA = federation.start(a);
    Node nodeB = federation.start(federation.enrol("site-b", records(2)));
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-b"));
    federation.awaitFinished(study(1));
    VerifierKey peer =
        VerifierKey.ofWitness("retort/testing/site-b", rawKey(nodeB.ledger().verifierKey()));
    await()
        .atMost(TestFederation.PATIENCE)
        .until(() -> nodeA.ledger().cosigned().size() == 2);
    assertThat(nodeA.ledger().cosigned()).anyMatch(note -> signed(note, peer));
    nodeA.close();

    // A coordinator that was set up anew, or that helps the node to forget.
    federation.stopCoordinator();
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(federation.witness().resolveSibling("witness.db" + suffix));
    }
    federation.startCoordinator();
    putBack(old, a);
    Node again = federation.start(a);
    await()
        .atMost(TestFederation.PATIENCE)
        .until(() -> federation.connected("site-a") && federation.connected("site-b"));
    String second = study(2);
    assertThatThrownBy(again::awaitEnd)
        .isInstanceOf(RolledBackException.class)
        .hasMessageContaining("node site-b knows a checkpoint");
    federation.awaitNode(second, "site-b", Phase.PHASE_ANSWERED::equals);
  }

  private static byte[] rawKey(VerifierKey key) throws Exception {
    String text = key.toString();
    byte[] typed = Base64.getDecoder().decode(text.split("\\+", 3)[2]);
    return Arrays.copyOfRange(typed, 1, typed.length);
  }

  private static boolean signed(String note, VerifierKey key) {
    try {
      return SignedNote.parse(note).isSignedBy(key);
    } catch (MalformedLogException e) {
      return false;
    }
  }

  @Test
  void checkpoints_forkedLogAndARestart_areHeldAgainstWhatWasAccepted() throws Exception {
    NodeHome home = federation.enrol("site-a", records(1));
    String id = study(1);
    federation.stopCoordinator();
    StudyPlan plan = federation.study(id).plan();
    Digest campaign = federation.study(id).planDigest();
    federation.startCoordinator();
    long shared;
    String known;
    try (RawNode node = new RawNode(home, federation.port())) {
      node.prepare(plan, campaign);
      shared = node.size();
      assertThat(node.show(0)).isInstanceOf(Cosigned.class);
    }
    Path copy = Files.copy(home.ledger(), root.resolve("copy.db"));
    try (RawNode node = new RawNode(home, federation.port())) {
      node.release(plan, campaign, new SampleRange(0, PUBLIC), node.party(), 1);
      assertThat(node.show(shared)).isInstanceOf(Cosigned.class);
      known = node.ledger.checkpoint();
    }
    federation.stopCoordinator();
    federation.startCoordinator();
    try (RawNode fork = new RawNode(home, federation.port(), copy)) {
      // Older, and not asked from what is known.
      assertThat(fork.show(0)).isEqualTo(new Conflict(shared + 2, known, List.of()));
      // Of one size, and another root.
      fork.release(plan, campaign, new SampleRange(0, PUBLIC), fork.party(), 2);
      assertThat(fork.show(shared)).isEqualTo(new Conflict(shared + 2, known, List.of()));
      // Beyond it: no proof leads there.
      String equal = fork.ledger.checkpoint();
      fork.ledger.openCampaign(Digest.of(new byte[] {1}), StudyNoise.mechanism(plan));
      assertThat(fork.show(
              "",
              shared + 2,
              fork.ledger.consistency(shared + 2, shared + 3),
              fork.ledger.checkpoint()))
          .isEqualTo(new Conflict(shared + 2, known, List.of()));
      try (WitnessStore store = coordinatorsStore()) {
        assertThat(store.evidence())
            .extracting(ForkEvidence::kind, ForkEvidence::known, ForkEvidence::shown)
            .containsExactly(
                tuple(ForkEvidence.Kind.TWO_ROOTS, known, equal),
                tuple(ForkEvidence.Kind.NO_PROOF, known, fork.ledger.checkpoint()));
      }
      // Nobody is a witness who is not there, or of one's own.
      for (String witness : List.of("site-a", "site-z")) {
        assertThat(fork.show(witness, 0, List.of(), fork.ledger.checkpoint()))
            .isInstanceOfSatisfying(
                WitnessOutcome.Refused.class,
                refused ->
                    assertThat(refused.reason()).isEqualTo(WitnessOutcome.Reason.UNREACHABLE));
      }
    }
  }

  @Test
  void blocks_withoutProofOrWithAWrongOne_areRefusedByNameAndNotStored() throws Exception {
    NodeHome home = federation.enrol("site-a", records(1));
    NodeHome other = federation.enrol("site-b", records(2));
    String id = study(1);
    federation.stopCoordinator();
    Study study = federation.study(id);
    federation.startCoordinator();
    StudyPlan plan = study.plan();
    Digest campaign = study.planDigest();
    SampleRange range = StudyPlans.blocks(plan).get(0);
    try (RawNode node = new RawNode(home, federation.port());
        RawNode stranger = new RawNode(other, federation.port())) {
      node.prepare(plan, campaign);
      Digest elsewhere = Digest.of(new byte[] {9});
      node.ledger.openCampaign(elsewhere, StudyNoise.mechanism(plan));
      Released good = node.release(plan, campaign, range, node.party(), 5);
      Released half =
          node.release(plan, campaign, new SampleRange(0, range.count() / 2), node.party(), 5);
      Released ofAnotherPlan = node.release(plan, elsewhere, range, node.party(), 5);
      ReleaseProof unseen = node.proof(good);
      // Nobody has seen this tree, nor any other of the ledger.
      assertThat(refused(node, study, good, unseen)).isEqualTo(Reason.REASON_PROOF_TREE);
      assertThat(node.show(0)).isInstanceOf(Cosigned.class);
      ReleaseProof proof = node.proof(good);

      LabelBlockMessage.Builder bare = RawNode.message(study, good.block(), good.charge());
      assertThat(rejected(node.submit(bare.build()))).isEqualTo(Reason.REASON_PROOF_MISSING);
      // Another block's proof, under this block's charge and under its own.
      assertThat(refused(node, study, good, node.proof(half)))
          .isEqualTo(Reason.REASON_PROOF_ENTRIES);
      assertThat(refused(node, study, new Released(good.block(), half.charge()), node.proof(half)))
          .isEqualTo(Reason.REASON_PROOF_QUERY);
      assertThat(refused(
              node,
              study,
              new Released(good.block(), ofAnotherPlan.charge()),
              node.proof(ofAnotherPlan)))
          .isEqualTo(Reason.REASON_PROOF_CAMPAIGN);
      // Other labels than those that were released.
      int[] values = good.block().values();
      values[7]++;
      Released changed =
          new Released(new LabelBlock(range.first(), range.count(), 3, values), good.charge());
      assertThat(refused(node, study, changed, proof)).isEqualTo(Reason.REASON_PROOF_ANSWER);
      // A tree that was never accepted, a path that leads elsewhere, an envelope that is none.
      assertThat(refused(
              node,
              study,
              good,
              node.ledger.releaseProof(good.charge(), proof.release().seq() + 1)))
          .isEqualTo(Reason.REASON_PROOF_TREE);
      ReleaseProofMessage wire = WireWitness.proof(proof);
      List<ByteString> path = new ArrayList<>(wire.getReleasePathList());
      path.set(0, ByteString.copyFrom(elsewhere.bytes()));
      assertThat(rejected(
              node.submit(bare.setProof(wire.toBuilder().clearReleasePath().addAllReleasePath(path))
                  .build())))
          .isEqualTo(Reason.REASON_PROOF_INCLUSION);
      assertThat(rejected(node.submit(
              bare.setProof(wire.toBuilder().setChargeEnvelope(ByteString.copyFromUtf8("{}")))
                  .build())))
          .isEqualTo(Reason.REASON_PROOF_MALFORMED);
      // The very entries, signed by somebody else under the same name.
      IdentitySigner forger = new IdentitySigner(
          node.ledger.verifierKey().name(), IdentityKey.generate(new SecureRandom()));
      assertThat(rejected(node.submit(bare.setProof(wire.toBuilder()
                  .setChargeEnvelope(ByteString.copyFrom(
                      Envelope.sign(proof.charge().envelope().payload(), forger).encode())))
              .build())))
          .isEqualTo(Reason.REASON_PROOF_SIGNATURE);

      // Paid for on behalf of somebody else.
      stranger.prepare(plan, campaign);
      Released foreign =
          stranger.release(plan, campaign, range, new Party("testing", elsewhere), 5);
      assertThat(stranger.show(0)).isInstanceOf(Cosigned.class);
      assertThat(refused(stranger, study, foreign, stranger.proof(foreign)))
          .isEqualTo(Reason.REASON_PROOF_PARTY);
      // One node's proof for another node.
      assertThat(refused(stranger, study, good, proof)).isEqualTo(Reason.REASON_PROOF_SIGNATURE);

      assertThat(federation.status(id, "site-a").getSamplesLabelled()).isZero();
      assertThat(federation.status(id, "site-b").getSamplesLabelled()).isZero();
      LabelBlockMessage proven = RawNode.message(study, good.block(), good.charge())
          .setProof(WireWitness.proof(proof))
          .build();
      // It has not been asked.
      assertThat(rejected(node.submit(proven))).isEqualTo(Reason.REASON_MISFIT);
      node.beAsked(study);
      LabelReceipt stored = node.submit(proven);
      assertThat(stored.getStored().getBlocks()).isEqualTo(1);
    }
    federation.stopCoordinator();
    assertThat(federation.blocks(id)).hasSize(1);
  }

  private static Reason refused(RawNode node, Study study, Released block, ReleaseProof proof)
      throws Exception {
    return rejected(node.submit(RawNode.message(study, block.block(), block.charge())
        .setProof(WireWitness.proof(proof))
        .build()));
  }

  private static Reason rejected(LabelReceipt receipt) {
    assertThat(receipt.hasRejected()).as("%s", receipt).isTrue();
    return receipt.getRejected().getReason();
  }

  /** {@code retort node serve} in a process of its own. */
  private Process serve(NodeHome home, String log) throws Exception {
    return NodeProcess.serve(home, root.resolve(log + ".log"));
  }
}
