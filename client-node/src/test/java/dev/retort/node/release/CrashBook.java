package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerRecord;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.merkle.Digest;
import dev.retort.noise.NoisePool;
import dev.retort.noise.ReleaseNoise;
import dev.retort.privacy.Zcdp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps its own books of what processes sent, beside a ledger that they wrote and were killed over, and holds the two
 * against each other. It reckons every answer from votes, noise key and charge, apart from the door.
 */
final class CrashBook {

  private final NoisePool noise = NoisePool.none(ReleaseFixture.noiseKey());
  private final Map<Long, String> sentByCharge = new HashMap<>();
  private final Map<Long, String> sentBySample = new HashMap<>();
  private final Map<String, Long> sampleByQuery = new HashMap<>();
  private Zcdp spent = Zcdp.ZERO;

  /** Books a line that a process printed; a line cut off by the kill was not sent. */
  void sent(String line) {
    String[] parts = line.split(" ");
    if (parts.length != 4 || !parts[0].equals("sent") || parts[3].length() != 64) {
      return;
    }
    long sample = Long.parseLong(parts[1]);
    assertOnlyOne(sentByCharge.putIfAbsent(Long.valueOf(parts[2]), parts[3]), parts[3]);
    assertOnlyOne(sentBySample.putIfAbsent(sample, parts[3]), parts[3]);
    know(sample);
  }

  private static void assertOnlyOne(String before, String now) {
    assertThat(before == null || before.equals(now)).as("the same answer again").isTrue();
  }

  /** Says that a process may ask for this sample, alone. */
  void know(long sample) {
    sampleByQuery.put(
        ReleaseFixture.request(sample, 1)
            .query()
            .digest(ReleaseFixture.MECHANISM)
            .hex(),
        sample);
  }

  int sentSamples() {
    return sentBySample.size();
  }

  /** The first sample after all that were sent. */
  long nextSample() {
    return sentBySample.keySet().stream().mapToLong(Long::longValue).max().orElse(-1) + 1;
  }

  /** The pending charges of the ledger in {@code file}, after everything was held against it. */
  List<Long> check(Path file) throws Exception {
    if (!isBegun(file)) {
      assertThat(sentByCharge).isEmpty();
      assertThat(spent).isEqualTo(Zcdp.ZERO);
      return List.of();
    }
    LedgerReport report = LedgerVerifier.verify(file);
    assertThat(report.findings()).isEmpty();
    assertThat(report.pendingCharges()).hasSizeLessThanOrEqualTo(1);
    Zcdp now =
        report.lineages().isEmpty() ? Zcdp.ZERO : report.lineages().get(0).spent();
    assertThat(now).isGreaterThanOrEqualTo(spent);
    spent = now;

    Zcdp charged = Zcdp.ZERO;
    Map<Long, Charge> open = new HashMap<>();
    Map<Long, String> answerByCharge = new HashMap<>();
    Set<String> answered = new HashSet<>();
    int version = 0;
    long boundAt = -1;
    for (LedgerRecord each : LedgerReader.entries(file)) {
      if (each.entry() instanceof DatasetBind bind) {
        version = ReleaseFixture.version(bind);
        boundAt = each.seq();
      } else if (each.entry() instanceof Charge charge) {
        charged = charged.plus(charge.units().get(0).rho());
        open.put(each.seq(), charge);
      } else if (each.entry() instanceof Burn burn) {
        assertThat(open.remove(burn.charge())).isNotNull();
      } else if (each.entry() instanceof Release release) {
        Charge charge = open.remove(release.charge());
        assertThat(charge).as("a charge before the release").isNotNull();
        assertThat(release.charge()).as("charged on the data that answer").isGreaterThan(boundAt);
        assertThat(answered.add(charge.queryDigest().hex())).as("one answer").isTrue();
        String answer = release.answerDigest().hex();
        assertThat(answer).isEqualTo(reckoned(release.charge(), charge.queryDigest(), version));
        answerByCharge.put(release.charge(), answer);
      }
    }
    assertThat(now).isEqualTo(charged);
    assertThat(open.keySet()).containsExactlyElementsOf(report.pendingCharges());
    assertThat(answerByCharge).as("all that was sent").containsAllEntriesOf(sentByCharge);
    return report.pendingCharges();
  }

  /** Whether there is more than the empty file of a process that died before its first commit. */
  private static boolean isBegun(Path file) throws SQLException {
    if (!Files.exists(file)) {
      return false;
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      return rows.getLong(1) > 0;
    }
  }

  private String reckoned(long charge, Digest query, int version) {
    Long sample = sampleByQuery.get(query.hex());
    assertThat(sample).as("a query that was asked").isNotNull();
    int[] values = ReleaseFixture.votes(1, version);
    noise.addTo(
        values, new ReleaseNoise(charge, query, ReleaseFixture.MECHANISM.noise(), values.length));
    return new LabelBlock(sample, 1, 3, values).digest().hex();
  }
}
