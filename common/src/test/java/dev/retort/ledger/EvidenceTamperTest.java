package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.file;
import static dev.retort.ledger.SumRefusalTest.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.merkle.Digest;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence that is altered, swapped, missing or made up is found, and so are refusals that a node makes up with its key. */
final class EvidenceTamperTest {

  private static final String ONE = Digest.of(message("one")).hex();
  private static final String TWO = Digest.of(message("two")).hex();

  @TempDir
  private Path directory;

  private Path export;

  // 3 equivocation of "one" and "two", 4 another refusal of "two".
  @BeforeEach
  void writeExport() throws Exception {
    SumRefusalTest.writeLedger(directory);
    export = directory.resolve("export");
    LedgerExport.write(file(directory), export, null, new TreeMap<>(), Answers.INCLUDED);
    assertThat(kinds(export)).isEmpty();
  }

  private static Set<Kind> kinds(Path path) throws Exception {
    return LedgerVerifier.verify(path).findings().stream()
        .map(LedgerReport.Finding::kind)
        .collect(Collectors.toSet());
  }

  private Path evidence(String name) {
    return export.resolve("evidence").resolve(name);
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = UnsafeForgery.connect(file(directory));
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  @Test
  void verify_anyByteFlippedCutOrGrown_isFound() throws Exception {
    for (String name : List.of(ONE, TWO)) {
      byte[] good = Files.readAllBytes(evidence(name));
      for (int bit = 0; bit < 8 * good.length; bit++) {
        byte[] bad = good.clone();
        bad[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(evidence(name), bad);
        assertThat(kinds(export)).containsExactly(Kind.EVIDENCE);
      }
      for (int length : new int[] {0, good.length - 1, good.length + 1}) {
        Files.write(evidence(name), Arrays.copyOf(good, length));
        assertThat(kinds(export)).containsExactly(Kind.EVIDENCE);
      }
      Files.write(evidence(name), good);
    }
    assertThat(kinds(export)).isEmpty();
  }

  @Test
  void verify_swappedMissingOrLinked_isFoundWhereverItIsNamed() throws Exception {
    Files.write(evidence(ONE), message("two"));
    Files.write(evidence(TWO), message("one"));
    assertThat(LedgerVerifier.verify(export).findings())
        .extracting(LedgerReport.Finding::index)
        .containsExactly(3L, 3L, 4L);
    Files.write(evidence(ONE), message("one"));
    Files.delete(evidence(TWO));
    assertThat(LedgerVerifier.verify(export).findings())
        .extracting(LedgerReport.Finding::index)
        .containsExactly(3L, 4L);
    Path elsewhere = Files.write(directory.resolve("elsewhere"), message("two"));
    Files.createSymbolicLink(evidence(TWO), elsewhere);
    assertThat(kinds(export)).containsExactly(Kind.EVIDENCE);
  }

  @Test
  void verify_directoryInPlaceOfAMessageOrALinkInPlaceOfAll_isFound() throws Exception {
    Files.delete(evidence(ONE));
    Files.createDirectory(evidence(ONE));
    assertThat(kinds(export)).containsExactly(Kind.EVIDENCE);
    Files.delete(evidence(ONE));
    Files.write(evidence(ONE), message("one"));
    Path moved = directory.resolve("moved");
    Files.move(export.resolve("evidence"), moved);
    Files.createSymbolicLink(export.resolve("evidence"), moved);
    assertThat(kinds(export)).contains(Kind.EVIDENCE, Kind.EXPORT);
  }

  @Test
  void verify_fileTooMany_isFound() throws Exception {
    Path uncalledFor = Files.write(evidence("f".repeat(64)), message("three"));
    assertThat(kinds(export)).containsExactly(Kind.EVIDENCE);
    Files.delete(uncalledFor);
    for (String name : List.of("x", ONE + ".txt", ONE.substring(1), "F".repeat(64))) {
      Path other = Files.write(evidence(name), message("one"));
      assertThat(kinds(export)).containsExactly(Kind.EXPORT);
      Files.delete(other);
    }
    assertThat(kinds(export)).isEmpty();
  }

  @Test
  void verify_tableAltered_isFoundAndNotExported() throws Exception {
    sql("UPDATE evidence SET message = CAST('ONE' AS BLOB) WHERE digest = '" + ONE + "'");
    assertThat(kinds(file(directory))).containsExactly(Kind.EVIDENCE);
    assertThatThrownBy(() -> LedgerExport.write(
            file(directory), directory.resolve("again"), null, new TreeMap<>(), Answers.INCLUDED))
        .isInstanceOf(MalformedLogException.class)
        .hasMessageContaining("evidence must be sound");
    sql("UPDATE evidence SET message = zeroblob(17825793) WHERE digest = '" + ONE + "'");
    assertThat(kinds(file(directory))).containsExactly(Kind.EVIDENCE);
    sql("UPDATE evidence SET digest = 'one' WHERE digest = '" + ONE + "'");
    assertThat(LedgerVerifier.verify(file(directory)).findings())
        .extracting(LedgerReport.Finding::message)
        .contains("evidence must be that of a refusal: a name that is no digest");
    sql("DELETE FROM evidence");
    assertThat(kinds(file(directory))).containsExactly(Kind.EVIDENCE);
    sql("DROP TABLE evidence");
    assertThat(kinds(file(directory))).containsExactly(Kind.EVIDENCE);
  }

  @Test
  void table_ofAnHonestNode_isOnlyAppendedTo() throws Exception {
    try (Connection connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + file(directory));
        Statement statement = connection.createStatement()) {
      for (String sql : List.of("DELETE FROM evidence", "UPDATE evidence SET message = x'00'")) {
        assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("append only");
      }
    }
  }

  private Set<Kind> forged(UnaryOperator<List<LedgerEntry>> change) throws Exception {
    Path copy = Files.createTempDirectory(directory, "forged").resolve("ledger.db");
    Files.copy(file(directory), copy);
    UnsafeForgery.forge(copy, PrivacyLedgerTest.SITE, change);
    return kinds(copy);
  }

  private static UnaryOperator<List<LedgerEntry>> first(UnaryOperator<SumRefuse> change) {
    return entries -> {
      List<LedgerEntry> changed = new ArrayList<>(entries);
      changed.set(3, change.apply((SumRefuse) entries.get(3)));
      return changed;
    };
  }

  @Test
  void verify_forgedWithTheNodesKey_isFound() throws Exception {
    assertThat(forged(entries -> entries)).isEmpty();
    Digest other = Digest.of(message("other"));
    assertThat(forged(first(one -> new SumRefuse(
            one.campaign(),
            one.session(),
            one.reason(),
            one.code(),
            List.of(one.evidence().get(0), other),
            one.evidenceBytes()))))
        .containsExactly(Kind.EVIDENCE);
    assertThat(forged(first(one -> new SumRefuse(
            one.campaign(), one.session(), one.reason(), one.code(), one.evidence(), 5))))
        .containsExactly(Kind.EVIDENCE);
    assertThat(forged(entries -> {
          List<LedgerEntry> twice = new ArrayList<>(entries);
          twice.add(entries.get(4));
          return twice;
        }))
        .containsExactly(Kind.SUM_REFUSAL);
    assertThat(forged(entries -> {
          List<LedgerEntry> many = new ArrayList<>(entries);
          SumRefuse one = (SumRefuse) entries.get(4);
          IntStream.range(1, 9)
              .mapToObj(code -> new SumRefuse(
                  one.campaign(),
                  one.session(),
                  one.reason(),
                  code,
                  one.evidence(),
                  one.evidenceBytes()))
              .forEach(many::add);
          return many;
        }))
        .containsExactly(Kind.SUM_REFUSAL);
  }
}
