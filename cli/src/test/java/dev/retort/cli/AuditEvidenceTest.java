package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.identity.IdentityKey;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An auditor with a node's export and a coordinator's key proves that the coordinator said two things. The messages are
 * made from the specification, not by the code that reads them.
 */
final class AuditEvidenceTest {

  private static final Signer COORDINATOR =
      new Signer("retort/demo", IdentityKey.generate(new SecureRandom()));
  private static final Signer NODE =
      new Signer("retort/demo/north", IdentityKey.generate(new SecureRandom()));
  private static final Digest SESSION = Digest.of(new byte[] {1});

  @TempDir
  private Path directory;

  private String home = "";
  private String export = "";

  private record Signer(String name, IdentityKey key) implements LogSigner {

    @Override
    public byte[] publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      return key.sign(message);
    }
  }

  @BeforeEach
  void writeLedger() throws Exception {
    Path node = Files.createDirectory(directory.resolve("home"));
    home = node.toString();
    export = directory.resolve("export").toString();
    try (PrivacyLedger ledger =
        PrivacyLedger.open(node.resolve("ledger.db"), NODE, InstantSource.fixed(Instant.EPOCH))) {
      ledger.refuseSum(
          SESSION, SESSION, "EQUIVOCATION", 7, List.of(confirm((byte) 1), confirm((byte) 2)));
      ledger.refuseSum(SESSION, SESSION, "EXPIRED", 9, List.of(confirm((byte) 1)));
    }
    assertThat(retort("ledger", "export", home, export).exitCode()).isZero();
  }

  /** A message of type 7: type, key id, signature, length, and the body: session, node 0, anchor. */
  private static byte[] confirm(byte anchor) {
    byte[] body =
        ByteBuffer.allocate(68).put(SESSION.bytes()).putInt(0).put(67, anchor).array();
    byte[] label = "fd-sa/1 setup-confirm".getBytes(StandardCharsets.US_ASCII);
    byte[] signed = ByteBuffer.allocate(6 + 8 + label.length + 8 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("FDSAv1".getBytes(StandardCharsets.US_ASCII))
        .putLong(label.length)
        .put(label)
        .putLong(body.length)
        .put(body)
        .array();
    return ByteBuffer.allocate(1 + 33 + 64 + 4 + body.length)
        .put((byte) 7)
        .put((byte) 1)
        .put(Digest.of(COORDINATOR.publicKey()).bytes())
        .put(COORDINATOR.sign(signed))
        .putInt(body.length)
        .put(body)
        .array();
  }

  private static Invocation retort(String... arguments) {
    return Invocation.of(arguments);
  }

  @Test
  void auditVerify_withTheCoordinatorsKey_provesTheEquivocation() {
    String key = VerifierKey.ofLog(COORDINATOR).toString();
    Invocation proven = retort("audit", "verify", export, "--key", key);
    assertThat(proven.exitCode()).isEqualTo(AuditCommand.VIOLATION);
    assertThat(proven.out())
        .contains(
            "refused    in secure sums: 1 equivocation, 1 expired",
            "FOUND EQUIVOCATION in retort/demo/north at entry 0: retort/demo signed two messages that"
                + " contradict each other, SETUP_CONFIRM number 0 of session " + SESSION);
    assertThat(retort("audit", "verify", export, "--json", "--key", key).out())
        .contains(
            "\"kind\" : \"EQUIVOCATION\"",
            "\"sumRefusals\"",
            "\"reason\" : \"expired\"",
            "\"evidence\" : [ \"" + Digest.of(confirm((byte) 1)));
  }

  @Test
  void auditVerify_withoutTheKey_saysWhoseItNeeds() {
    Invocation open = retort("audit", "verify", export);
    assertThat(open.exitCode()).isZero();
    assertThat(open.out())
        .contains(
            "NOT CHECKED equivocation at entry 0 of retort/demo/north: the key that signed it, of"
                + " fingerprint " + Digest.of(COORDINATOR.publicKey()));
    assertThat(retort("audit", "verify", export, "--complete").exitCode())
        .isEqualTo(AuditVerifyCommand.INCOMPLETE);
    assertThat(retort("audit", "verify", export, "--key", "x").err())
        .contains("--key must be as 'retort ledger key' prints it: x");
    String witness = VerifierKey.ofWitness(COORDINATOR).toString();
    assertThat(retort("audit", "verify", export, "--key", witness).err())
        .contains("--key must be an Ed25519 key of a log");
  }

  @Test
  void ledgerVerify_withAndWithoutEvidence_saysWhatWasHeldAgainstIt() throws Exception {
    assertThat(retort("ledger", "verify", export).out())
        .contains("refused in secure sums, for equivocation: 1", "ledger verifies")
        .doesNotContain("evidence was left out");
    assertThat(retort("ledger", "show", export).out()).contains("\"type\":\"sum-refuse\"");
    String without = directory.resolve("without").toString();
    retort("ledger", "export", home, without, "--without-evidence");
    assertThat(retort("ledger", "verify", without).out())
        .contains("evidence was left out", "ledger verifies");
    assertThat(retort("ledger", "verify", without, "--json").out())
        .contains("\"evidenceIncluded\" : false", "\"equivocation\" : 1");
    Files.delete(Path.of(export, "evidence", Digest.of(confirm((byte) 2)).hex()));
    assertThat(retort("ledger", "verify", export).out()).contains("FOUND EVIDENCE at 0");
  }

  @Test
  void auditReport_ofRefusals_namesThem() throws Exception {
    Path page = directory.resolve("report.html");
    assertThat(retort("audit", "report", export, "-o", page.toString()).exitCode())
        .isZero();
    assertThat(Files.readString(page)).contains("in secure sums: <code>expired</code>");
  }
}
