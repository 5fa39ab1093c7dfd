package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.NodeId;
import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a site's operator does to the keys and the ledger of a node that is stopped. */
final class NodeKeyCommandsTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir
  private Path directory;

  private Path home;

  @BeforeEach
  void makeHome() throws Exception {
    home = Files.createDirectory(directory.resolve("home"));
    CertificateAuthority authority = FederationRoot.create(
            new FederationName("north"), Clock.systemUTC(), RANDOM)
        .issueAuthority(Clock.systemUTC(), RANDOM);
    KeyPair pair = CertificateRequest.generateKeyPair(RANDOM);
    CertifiedKey tls = new CertifiedKey(
        pair.getPrivate(),
        authority.issueNode(
            new NodeId("site-a"), CertificateRequest.create(pair), Duration.ofDays(1)));
    new NodeCredentials(
            tls, IdentityKey.generate(RANDOM), IdentityKey.generate(RANDOM).publicKey())
        .writeTo(KeyDirectory.create(home, RANDOM));
  }

  private void serveOnce() throws Exception {
    try (PrivacyLedger ledger = open()) {
      ledger.openPolicy("lung-ct", "patient", new ApproxDp(1, 1e-6));
    }
  }

  private PrivacyLedger open() throws Exception {
    NodeCredentials credentials = NodeCredentials.read(KeyDirectory.open(home, RANDOM));
    return PrivacyLedger.open(
        home.resolve("ledger.db"),
        IdentitySigner.of(credentials.node(), credentials.identity()),
        InstantSource.system());
  }

  private static Invocation run(String... arguments) {
    return Invocation.of(arguments);
  }

  private static JsonNode json(String... arguments) {
    Invocation done = run(arguments);
    assertThat(done.exitCode()).as(done.err()).isZero();
    return JsonMapper.shared().readTree(done.out());
  }

  private static String failure(String... arguments) {
    Invocation done = run(arguments);
    assertThat(done.exitCode()).isEqualTo(1);
    return done.err();
  }

  private Path passphrase(String name, String text) throws IOException {
    Path file = Files.createFile(
        directory.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text + "\n");
  }

  @Test
  void key_beforeAndAfterServingAndRotating_isTheOneThatTheAuditPrints() throws Exception {
    JsonNode joined = json("ledger", "key", home.toString(), "--json");
    serveOnce();
    assertThat(json("ledger", "key", home.toString(), "--json")).isEqualTo(joined);

    JsonNode rotated = json("node", "rotate-key", "--home", home.toString(), "--json");
    assertThat(rotated.get("oldKey")).isEqualTo(joined.get("key"));
    assertThat(rotated.get("entry").asInt()).isEqualTo(1);
    JsonNode now = json("ledger", "key", home.toString(), "--json");
    assertThat(now.get("fingerprint")).isEqualTo(rotated.get("fingerprint"));
    assertThat(now.get("origin").asString()).isEqualTo("retort/north/site-a");
    assertThat(now.get("keys").get(0).get("fingerprint")).isEqualTo(joined.get("fingerprint"));

    JsonNode audited = json("audit", "verify", home.toString(), "--json");
    assertThat(audited.get("logs").get(0).get("fingerprint")).isEqualTo(now.get("fingerprint"));
    assertThat(audited.get("logs").get(0).get("keys")).isEqualTo(now.get("keys"));
    JsonNode verified =
        json("ledger", "verify", home.toString(), "--key", now.get("key").asString(), "--json");
    assertThat(verified.get("keys").get(1).get("firstEntry").asInt()).isEqualTo(2);
    Path page = directory.resolve("report.html");
    assertThat(run("audit", "report", home.toString(), "-o", page.toString()).exitCode())
        .isZero();
    String grouped = LedgerKeyCommand.grouped(new Digest(now.get("fingerprint").asString()));
    assertThat(Files.readString(page)).contains(grouped, "Key replaced 1 time");
    assertThat(run("ledger", "key", home.toString()).out()).contains(grouped);
    assertThat(run("ledger", "verify", home.toString()).out()).contains("key replaced: ");
    assertThat(run("audit", "verify", home.toString()).out())
        .contains("sha-256    " + now.get("fingerprint").asString());
  }

  @Test
  void key_ofACoordinatorsHome_isItsIdentity() {
    Path coordinator = directory.resolve("coordinator");
    assertThat(run(
                "coordinator",
                "init",
                "--home",
                coordinator.toString(),
                "--federation",
                "north",
                "--host",
                "localhost")
            .exitCode())
        .isZero();
    JsonNode key = json("ledger", "key", coordinator.toString(), "--json");
    assertThat(key.get("origin").asString()).isEqualTo("retort/north");
    assertThat(key.get("fingerprint").asString()).hasSize(64);
    assertThat(failure("ledger", "key", directory.toString()))
        .contains("PATH must be the home of a node or coordinator");
  }

  @Test
  void rotateKey_nodeRunning_saysToStopIt() throws Exception {
    serveOnce();
    try (PrivacyLedger running = open()) {
      assertThat(running.size()).isEqualTo(1);
      assertThat(failure("node", "rotate-key", "--home", home.toString()))
          .contains("node must be stopped");
      assertThat(failure("node", "close-policy", "--home", home.toString(), "--lineage", "lung-ct"))
          .contains("node must be stopped");
    }
  }

  @Test
  void encryptKeys_thenEveryCommandAsksForThePassphrase() throws Exception {
    serveOnce();
    Path first = passphrase("first", "correct horse");
    Path second = passphrase("second", "battery staple");
    String at = home.toString();
    assertThat(run("node", "encrypt-keys", "--home", at, "--new-passphrase-file", first.toString())
            .exitCode())
        .isZero();
    assertThat(failure("node", "rotate-key", "--home", at))
        .contains("are encrypted, and no passphrase is given");
    assertThat(
            failure("node", "rotate-key", "--home", at, "--key-passphrase-file", second.toString()))
        .contains("it is another one");
    assertThat(json(
                "node",
                "rotate-key",
                "--home",
                at,
                "--key-passphrase-file",
                first.toString(),
                "--json")
            .get("resumed")
            .asBoolean())
        .isFalse();
    // Another passphrase, and the configuration names it.
    JsonNode encrypted = json(
        "node",
        "encrypt-keys",
        "--home",
        at,
        "--key-passphrase-file",
        first.toString(),
        "--new-passphrase-file",
        second.toString(),
        "--json");
    assertThat(encrypted.get("encrypted").get(0).asString()).isEqualTo(at + "/keys");
    Files.writeString(home.resolve("node.yaml"), """
        coordinator: 'localhost:1'
        data: { kind: table, file: records.csv }
        policy: { budget: { epsilon: 1.0, delta: 1.0e-6 } }
        keyPassphraseFile: ../second
        """);
    assertThat(run("node", "rotate-key", "--home", at).exitCode()).isZero();
    Files.setPosixFilePermissions(second, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(failure("node", "rotate-key", "--home", at)).contains("chmod 600 ");
    assertThat(json("ledger", "key", at, "--json").get("keys")).hasSize(3);
    assertThat(json("ledger", "verify", at, "--json").get("ok").asBoolean()).isTrue();
  }

  @Test
  void coordinatorInit_withPassphrase_isKeptInTheConfiguration() throws Exception {
    Path file = passphrase("first", "correct horse");
    Path coordinator = directory.resolve("coordinator");
    assertThat(run(
                "coordinator",
                "init",
                "--home",
                coordinator.toString(),
                "--federation",
                "north",
                "--host",
                "localhost",
                "--key-passphrase-file",
                file.toString())
            .exitCode())
        .isZero();
    assertThat(KeyDirectory.isEncrypted(coordinator)).isTrue();
    assertThat(json("ledger", "key", coordinator.toString(), "--json")
            .get("origin")
            .asString())
        .isEqualTo("retort/north");
    Files.delete(file);
    assertThat(failure("coordinator", "nodes", "--home", coordinator.toString()))
        .contains("passphrase file must exist: " + file);
  }

  @Test
  void closePolicy_isForEverAndAuditsSaySo() throws Exception {
    assertThat(failure("node", "close-policy", "--home", home.toString(), "--lineage", "lung-ct"))
        .contains("ledger must exist");
    serveOnce();
    assertThat(failure("node", "close-policy", "--home", home.toString(), "--lineage", "lungs"))
        .contains("--lineage must be one that the ledger holds a policy for, lung-ct: lungs");
    for (boolean first : List.of(true, false)) {
      JsonNode closed =
          json("node", "close-policy", "--home", home.toString(), "--lineage", "lung-ct", "--json");
      assertThat(closed.get("closedNow").asBoolean()).isEqualTo(first);
    }
    assertThat(LedgerReader.entries(home)).hasSize(2);
    assertThat(run("audit", "verify", home.toString()).out()).contains("; closed");
  }

  @Test
  void auditMechanism_recorded_standsInTheLedgerByItsDigest() throws Exception {
    serveOnce();
    Invocation audit = run(
        "audit",
        "mechanism",
        "--epsilon",
        "4",
        "--runs",
        "2000",
        "--json",
        "--record",
        home.toString());
    assertThat(audit.exitCode()).as(audit.err()).isZero();
    assertThat(audit.err()).contains("recorded as entry 1 of retort/north/site-a");
    AuditRecord entry = (AuditRecord) LedgerReader.entries(home).get(1).entry();
    assertThat(entry.audit()).isEqualTo("mechanism");
    try (Stream<Path> files = Files.list(home.resolve("audits"))) {
      Path report = files.findFirst().orElseThrow();
      assertThat(report).hasFileName(entry.report().hex() + ".json").hasContent(audit.out());
      assertThat(Digest.of(Files.readAllBytes(report))).isEqualTo(entry.report());
    }
    JsonNode printed = JsonMapper.shared().readTree(audit.out());
    assertThat(entry.bound()).isEqualTo(printed.get("lowerBound").asDouble());
    assertThat(json("audit", "verify", home.toString(), "--json").get("ok").asBoolean())
        .isTrue();
  }

  @Test
  void auditMechanism_ofARunningNode_failsBeforeItBegins() throws Exception {
    serveOnce();
    try (PrivacyLedger running = open()) {
      assertThat(running.size()).isEqualTo(1);
      assertThat(failure("audit", "mechanism", "--epsilon", "4", "--record", home.toString()))
          .contains("node must be stopped");
    }
  }
}
