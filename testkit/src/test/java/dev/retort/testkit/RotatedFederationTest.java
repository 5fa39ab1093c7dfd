package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditedLog;
import dev.retort.auditor.GivenLog;
import dev.retort.auditor.OfflineAudit;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyFileException;
import dev.retort.identity.KeyPassphrase;
import dev.retort.journal.JournalSource;
import dev.retort.ledger.LedgerExport;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.IdentityRotation;
import dev.retort.node.IdentityRotation.Rotated;
import dev.retort.node.Node;
import dev.retort.node.NodeHome;
import dev.retort.node.session.RolledBackException;
import dev.retort.proto.v1.NodeStatus.Phase;
import dev.retort.witness.WitnessStore;
import dev.retort.witness.WitnessStore.KnownLog;
import dev.retort.witness.WitnessedLogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that replace their keys between studies, over TLS on loopback. */
@Tag("slow")
@Timeout(600)
final class RotatedFederationTest {

  private static final int SIDE = 8;
  private static final String LEDGER = "retort/testing/site-a";

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

  private NodeHome enrol(String node, long seed) throws Exception {
    return federation.enrol(node, Pictures.draw(60, SIDE, seed));
  }

  private void runStudy(int seed, String... nodes) throws Exception {
    String study = federation.create(
        """
        study: pictures
        seed: %d
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60 }
        teachers: { perNode: 3, architecture: linear, epochs: 2, device: cpu }
        student: { architecture: linear, warmUpEpochs: 1, epochs: 1, selfTraining: 'off' }
        cohort: { deadline: PT10M }
        """.formatted(seed, federation.importPictures(Pictures.draw(60, SIDE, 1))));
    federation.awaitFinished(study);
    for (String node : nodes) {
      assertThat(federation.status(study, node).getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    }
  }

  private static Rotated rotate(NodeHome home) throws Exception {
    return IdentityRotation.rotate(home, new SecureRandom(), InstantSource.system());
  }

  private static KnownLog known(Path store) throws Exception {
    try (WitnessStore open = WitnessStore.open(store)) {
      return open.newest(LEDGER).orElseThrow();
    }
  }

  private AuditResult audit(NodeHome... homes) throws Exception {
    List<AuditedLog> logs = new ArrayList<>();
    try {
      for (NodeHome home : homes) {
        Path export = Files.createTempDirectory(root, "export");
        LedgerExport.write(
            home.root(),
            export,
            null,
            WitnessedLogs.of(home.root()),
            LedgerExport.Answers.INCLUDED);
        LedgerReport report = LedgerVerifier.verify(export);
        assertThat(report.findings()).isEmpty();
        assertThat(report.signedAlso()).hasSize(home.root().endsWith("site-a") ? 1 : 0);
        logs.add(GivenLog.open(export));
      }
      Path journal = Files.createTempDirectory(root, "journal");
      assertThat(JournalSource.export(
              federation.coordinatorHome(),
              journal,
              null,
              WitnessedLogs.of(federation.coordinatorHome())))
          .isPositive();
      logs.add(GivenLog.open(journal));
      return OfflineAudit.of(logs);
    } finally {
      for (AuditedLog log : logs) {
        log.close();
      }
    }
  }

  @Test
  void keyReplacedBetweenStudies_everybodyFollowsAndTheAuditHolds() throws Exception {
    NodeHome siteA = enrol("site-a", 2);
    Files.writeString(
        siteA.config(), "checkpointSignatures: [ed25519, ml-dsa-65]\n", StandardOpenOption.APPEND);
    NodeHome siteB = enrol("site-b", 3);
    federation.start(siteA);
    federation.start(siteB);
    runStudy(1, "site-a", "site-b");
    await()
        .atMost(TestFederation.PATIENCE)
        .untilAsserted(() -> assertThat(known(siteB.witness())).isNotNull());
    federation.stopNodes();

    Rotated first = rotate(siteA);
    Rotated second = rotate(siteA);
    Rotated other = rotate(siteB);
    federation.start(siteA);
    federation.start(siteB);
    await()
        .atMost(TestFederation.PATIENCE)
        .until(() -> federation.connected("site-a") && federation.connected("site-b"));
    assertThat(federation.identityKey("site-a")).isEqualTo(second.now().publicKey());
    assertThat(federation.identityKey("site-b")).isEqualTo(other.now().publicKey());
    runStudy(2, "site-a", "site-b");
    long entries = second.entry() + 1;
    await()
        .atMost(TestFederation.PATIENCE)
        .untilAsserted(
            () -> assertThat(known(siteB.witness()).checkpoint().size()).isGreaterThan(entries));
    federation.stopNodes();

    for (Path store : List.of(federation.witness(), siteB.witness())) {
      assertThat(known(store).key()).isEqualTo(second.now());
      assertThat(known(store).keys().first()).isEqualTo(first.before());
      assertThat(known(store).rotations()).hasSize(2);
    }
    AuditResult result = audit(siteA, siteB);
    assertThat(result.findings()).isEmpty();
    assertThat(result.unchecked()).isEmpty();
    assertThat(result.logs().get(0).keys()).hasSize(3);
    assertThat(result.logs().get(0).witnesses())
        .anySatisfy(one -> assertThat(one.witness()).isEqualTo("retort/testing/site-b"));

    // The directory and the store are on disk.
    federation.stopCoordinator();
    federation.startCoordinator();
    assertThat(federation.identityKey("site-a")).isEqualTo(second.now().publicKey());
    federation.start(siteA);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
  }

  @Test
  void encryptedHome_servesRotatesAndServesAgain() throws Exception {
    NodeHome plain = enrol("site-a", 2);
    KeyPassphrase passphrase = KeyPassphrase.of("correct horse", "a test");
    KeyDirectory.open(plain.root(), new SecureRandom()).encrypt(passphrase);
    assertThatThrownBy(() -> federation.start(plain))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("are encrypted, and no passphrase is given");
    NodeHome home = new NodeHome(plain.root(), passphrase);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    federation.stopNodes();
    Rotated rotated = rotate(home);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    assertThat(federation.identityKey("site-a")).isEqualTo(rotated.now().publicKey());
    assertThat(Files.size(home.root().resolve("keys/noise.key"))).isGreaterThan(32);
  }

  @Test
  void homePutBackBehindARotation_isHalted() throws Exception {
    NodeHome home = enrol("site-a", 2);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    federation.stopNodes();
    Path ledger = Files.copy(home.ledger(), root.resolve("old.db"));
    Path identity = home.root().resolve("keys/identity.key");
    Path key = Files.copy(identity, root.resolve("old.key"), StandardCopyOption.COPY_ATTRIBUTES);
    rotate(home);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    federation.stopNodes();

    Files.copy(ledger, home.ledger(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        key, identity, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    try (Node node = federation.start(home)) {
      assertThatThrownBy(node::awaitEnd).isInstanceOf(RolledBackException.class);
    }
    // So is a copy that changes its key on its own.
    rotate(home);
    try (Node node = federation.start(home)) {
      assertThatThrownBy(node::awaitEnd).isInstanceOf(RolledBackException.class);
    }
  }

  @Test
  void coordinatorPutBackBehindARotation_isToldAllOfThem() throws Exception {
    NodeHome home = enrol("site-a", 2);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    federation.stopNodes();
    federation.stopCoordinator();
    Path coordinator = root.resolve("coordinator");
    Path copy = Files.createDirectory(root.resolve("back-up"));
    for (String file : List.of("coordinator.db", "witness.db")) {
      Files.copy(coordinator.resolve(file), copy.resolve(file));
    }
    federation.startCoordinator();
    Rotated rotated = rotate(home);
    federation.start(home);
    await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
    federation.stopNodes();

    // Each of the two alone, then both.
    for (List<String> back : List.of(
        List.of("coordinator.db"),
        List.of("witness.db"),
        List.of("coordinator.db", "witness.db"))) {
      federation.stopCoordinator();
      for (String file : back) {
        Files.deleteIfExists(coordinator.resolve(file + "-wal"));
        Files.deleteIfExists(coordinator.resolve(file + "-shm"));
        Files.copy(
            copy.resolve(file), coordinator.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
      federation.startCoordinator();
      federation.start(home);
      await().atMost(TestFederation.PATIENCE).until(() -> federation.connected("site-a"));
      federation.stopNodes();
      assertThat(federation.identityKey("site-a")).isEqualTo(rotated.now().publicKey());
      assertThat(known(federation.witness()).key()).isEqualTo(rotated.now());
    }
  }
}
