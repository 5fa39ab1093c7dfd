package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.identity.IdentityKey;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports, verifies and compares a ledger as an operator and an auditor do. */
final class LedgerCommandTest {

  private static final IdentityKey KEY = IdentityKey.generate(new SecureRandom());

  @TempDir
  private Path directory;

  private Path home;
  private String export;

  private record Signer(IdentityKey key) implements LogSigner {

    @Override
    public String name() {
      return "site-a";
    }

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
    home = Files.createDirectory(directory.resolve("home"));
    export = directory.resolve("export").toString();
    try (PrivacyLedger ledger = open(home)) {
      ledger.openPolicy("lung-ct", "patient", new ApproxDp(1, 1e-6));
      ledger.bindDataset(new DatasetBind("lung-ct", Digest.of(new byte[0]), 10, "prf/1"));
    }
  }

  private static PrivacyLedger open(Path home) throws Exception {
    return PrivacyLedger.open(
        home.resolve("ledger.db"), new Signer(KEY), InstantSource.fixed(Instant.EPOCH));
  }

  private static void openCampaign(Path home, int sigma) throws Exception {
    try (PrivacyLedger ledger = open(home)) {
      ledger.openCampaign(
          Digest.of(new byte[] {1}), new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, sigma));
    }
  }

  private static Invocation ledger(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "ledger";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Invocation.of(all);
  }

  @Test
  void export_ofAHome_verifiesByEverySignatureAndByTheCheckpoint() {
    Invocation written = ledger("export", home.toString(), export, "--json");
    assertThat(written.exitCode()).as(written.err()).isZero();
    assertThat(written.out()).contains("\"entries\" : 2");
    String key = VerifierKey.ofLog(new Signer(KEY)).toString();
    for (String signatures : new String[] {"all", "checkpoint"}) {
      Invocation verified =
          ledger("verify", export, "--key", key, "--signatures", signatures, "--json");
      assertThat(verified.exitCode()).as(verified.err()).isZero();
      assertThat(verified.out()).contains("\"ok\" : true", "\"entries\" : 2", "\"findings\" : [ ]");
    }
    assertThat(ledger("show", export).out().lines()).hasSize(2);
    assertThat(ledger("verify", "--export", export).out()).contains("ledger verifies");
  }

  @Test
  void verify_withoutAPathOrWithTwoOrOfNoExport_saysWhatToGive() {
    assertThat(ledger("verify").err()).contains("PATH or --export must be given");
    assertThat(ledger("verify", home.toString(), "--export", export).err())
        .contains("--export must stand in the place of PATH");
    assertThat(ledger("verify", "--export", home.toString()).err())
        .contains("--export must be a directory that 'retort ledger export' wrote");
  }

  @Test
  void export_overAnExport_isRefused() {
    ledger("export", home.toString(), export);
    Invocation again = ledger("export", home.toString(), export);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("export directory must be empty or not exist");
  }

  @Test
  void export_policyWithoutTheLedgersKey_isRefusedWithTheLineToAdd() throws Exception {
    Path policy = Files.writeString(home.resolve("policy"), "quorum none\n");
    Invocation refused = ledger("export", home.toString(), export, "--policy", policy.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("add the line: log site-a+");
    assertThat(Path.of(export)).doesNotExist();
  }

  @Test
  void verify_ofADamagedExport_namesIndexKindAndMessage() throws Exception {
    ledger("export", home.toString(), export);
    Path bundle = Path.of(export, "tile", "entries", "000.p", "2");
    byte[] bytes = Files.readAllBytes(bundle);
    bytes[bytes.length / 4] ^= 1;
    Files.write(bundle, bytes);
    Invocation verified = ledger("verify", export, "--json");
    assertThat(verified.exitCode()).isEqualTo(1);
    assertThat(verified.out())
        .contains("\"ok\" : false", "\"kind\" : \"TILE\"", "\"index\" : 0", "\"message\" : ");
  }

  @Test
  void diff_ofCopies_saysWhichIsAPrefixAndWhereTheyFork() throws Exception {
    ledger("export", home.toString(), export);
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.copy(home.resolve("ledger.db"), other.resolve("ledger.db"));
    assertThat(ledger("diff", export, home.toString()).out()).startsWith("equal: ");
    openCampaign(home, 40);
    Invocation longer = ledger("diff", export, home.toString(), "--json");
    assertThat(longer.exitCode()).isZero();
    assertThat(longer.out())
        .contains("\"relation\" : \"first-is-prefix\"", "\"commonEntries\" : 2");
    openCampaign(other, 50);
    Invocation forked = ledger("diff", other.toString(), home.toString());
    assertThat(forked.exitCode()).isEqualTo(1);
    assertThat(forked.out()).startsWith("FORKED: entry 2 is the first that differs");
  }
}
