package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.EntryBundle;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.StoredHashes;
import dev.retort.tlog.Tiles;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.tlog.WitnessPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every change to an export is found and named: by one who holds no key, by the node that holds its own, and by whoever
 * shows an auditor a history that the witnesses did not see.
 */
class ExportTamperTest {

  /** Up to this size every byte of a file is flipped; of larger ones as many, drawn at random. */
  private static final int EVERY_BYTE = 700;

  private static final String BUNDLE = "tile/entries/000.p/13";

  private static final Map<String, Integer> CASES = Collections.synchronizedMap(new TreeMap<>());

  @TempDir
  Path directory;

  private Path home;
  private Path export;

  // 0 policy, 1 data set, 2 campaign, then four of charge and release, 11 charge (pending), 12
  // refusal. Site B cosigned at 3 entries, the coordinator at 13.
  @BeforeEach
  void writeExport() throws Exception {
    home = Files.createDirectory(directory.resolve("home"));
    LedgerExportTest.writeLedger(home, 4);
    export = directory.resolve("export");
    LedgerExport.write(home, export, LedgerExportTest.POLICY, new TreeMap<>(), Answers.INCLUDED);
    assertThat(findings(export)).isEmpty();
  }

  @AfterAll
  static void count() {
    int sum = CASES.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("tamper cases: " + sum + " " + CASES);
  }

  private Set<Kind> findings(Path path) throws Exception {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    LedgerVerifier.verify(path).findings().forEach(finding -> kinds.add(finding.kind()));
    return kinds;
  }

  private Set<Kind> caught(String name) throws Exception {
    CASES.merge(name, 1, Integer::sum);
    Set<Kind> kinds = findings(export);
    assertThat(kinds).as(name).isNotEmpty();
    return kinds;
  }

  private byte[] read(String file) throws IOException {
    return Files.readAllBytes(export.resolve(file));
  }

  private void write(String file, byte[] bytes) throws IOException {
    Files.write(export.resolve(file), bytes);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> paths = Files.walk(export)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> export.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  /** Which kind must be among the findings when a byte of a file is changed. */
  private static Set<Kind> expected(String file) {
    if (file.equals("checkpoint")) {
      return EnumSet.of(Kind.SIGNATURE, Kind.CHECKPOINT, Kind.COSIGNATURE);
    }
    if (file.startsWith("cosigned/")) {
      return EnumSet.of(Kind.COSIGNATURE);
    }
    if (file.startsWith("tile/entries/")) {
      return EnumSet.of(Kind.CHECKPOINT, Kind.EXPORT);
    }
    if (file.startsWith("tile/")) {
      return EnumSet.of(Kind.TILE);
    }
    if (file.startsWith("answers/")) {
      return EnumSet.of(Kind.ANSWER);
    }
    // export.json, policy and answers.csv.
    return EnumSet.of(Kind.EXPORT, Kind.KEY, Kind.ANSWER, Kind.CHECKPOINT, Kind.COSIGNATURE);
  }

  @Test
  void verify_anyByteFlipped_isFoundAndNamed() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (String file : files()) {
      byte[] good = read(file);
      int flips = Math.min(good.length, EVERY_BYTE);
      for (int i = 0; i < flips; i++) {
        int position = flips == good.length ? i : random.nextInt(good.length);
        byte[] bad = good.clone();
        bad[position] ^= (byte) (1 << random.nextInt(8));
        write(file, bad);
        assertThat(caught("byte flipped in " + file))
            .as("%s, byte %d", file, position)
            .containsAnyElementsOf(expected(file));
      }
      write(file, good);
    }
    assertThat(findings(export)).isEmpty();
  }

  @Test
  void verify_anyFileMissingEmptyCutOrGrown_isFoundAndNamed() throws Exception {
    for (String file : files()) {
      byte[] good = read(file);
      Files.delete(export.resolve(file));
      // A missing note shows when no quorum is left, a missing index by the answers that remain.
      caught("file missing");
      for (int length : new int[] {0, good.length / 2, good.length - 1}) {
        write(file, Arrays.copyOf(good, length));
        caught("file cut short");
      }
      write(file, Arrays.copyOf(good, good.length + 1));
      caught("file grown");
      write(file, good);
    }
    assertThat(findings(export)).isEmpty();
  }

  @Test
  void verify_fileTooMany_isFound() throws Exception {
    for (String file : List.of(
        "notes.txt",
        "tile/0/001",
        "tile/0/000.p/12",
        "tile/1/000.p/1",
        "tile/entries/000",
        "answers/11",
        "answers/x",
        "cosigned/a/b")) {
      Path path = export.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, new byte[32]);
      assertThat(caught("file too many")).contains(Kind.EXPORT);
      Files.delete(path);
    }
  }

  @Test
  void verify_linkInPlaceOfAFile_isNotFollowed() throws Exception {
    for (String file : files()) {
      Path path = export.resolve(file);
      Path elsewhere = directory.resolve("elsewhere");
      Files.move(path, elsewhere);
      Files.createSymbolicLink(path, elsewhere);
      caught("link");
      Files.delete(path);
      Files.move(elsewhere, path);
    }
  }

  @Test
  void verify_tailDropped_isFoundByTheCheckpoint() throws Exception {
    List<byte[]> entries = EntryBundle.parse(read(BUNDLE), 13);
    for (int size = 12; size >= 1; size--) {
      replaceEntries(entries.subList(0, size));
      assertThat(caught("tail dropped")).contains(Kind.CHECKPOINT);
    }
  }

  @Test
  void verify_anyMiddleEntryDropped_isFoundByTheChain() throws Exception {
    List<byte[]> entries = EntryBundle.parse(read(BUNDLE), 13);
    for (int i = 0; i < 12; i++) {
      List<byte[]> fewer = new ArrayList<>(entries);
      fewer.remove(i);
      replaceEntries(fewer);
      assertThat(caught("middle entry dropped"))
          .contains(Kind.SEQUENCE, Kind.PREVIOUS_ROOT, Kind.CHECKPOINT);
    }
  }

  @Test
  void verify_anyTwoEntriesSwapped_isFoundByTheOrder() throws Exception {
    List<byte[]> entries = EntryBundle.parse(read(BUNDLE), 13);
    for (int i = 0; i < 13; i++) {
      for (int j = 0; j < i; j++) {
        List<byte[]> swapped = new ArrayList<>(entries);
        Collections.swap(swapped, i, j);
        replaceEntries(swapped);
        assertThat(caught("entries swapped"))
            .contains(Kind.SEQUENCE, Kind.PREVIOUS_ROOT, Kind.CHECKPOINT);
      }
    }
  }

  @Test
  void verify_anyEntryRepeated_isFound() throws Exception {
    List<byte[]> entries = EntryBundle.parse(read(BUNDLE), 13);
    for (int i = 0; i < 13; i++) {
      List<byte[]> more = new ArrayList<>(entries);
      more.add(i, entries.get(i));
      replaceEntries(more);
      assertThat(caught("entry repeated")).contains(Kind.SEQUENCE, Kind.CHECKPOINT);
    }
  }

  @Test
  void verify_answersSwapped_areFound() throws Exception {
    List<String> answers =
        files().stream().filter(file -> file.startsWith("answers/")).toList();
    for (String one : answers) {
      for (String other : answers) {
        if (one.compareTo(other) < 0) {
          byte[] first = read(one);
          byte[] second = read(other);
          write(one, second);
          write(other, first);
          assertThat(caught("answers swapped")).containsExactly(Kind.ANSWER);
          write(one, first);
          write(other, second);
        }
      }
    }
  }

  @Test
  void verify_oldCheckpointReplayed_isFound() throws Exception {
    byte[] old = read("cosigned/site-b");
    write("checkpoint", old);
    assertThat(caught("old checkpoint replayed")).contains(Kind.CHECKPOINT);
  }

  @Test
  void verify_cosignedNotesSwappedOrOfAnotherLog_areFound() throws Exception {
    byte[] coordinator = read("cosigned/retort%2Fnorth");
    write("cosigned/retort%2Fnorth", read("cosigned/site-b"));
    assertThat(caught("cosigned note of another witness")).contains(Kind.COSIGNATURE);
    write("cosigned/retort%2Fnorth", coordinator);
    Path other = Files.createDirectory(directory.resolve("other"));
    LedgerExportTest.writeLedger(other, 2);
    Path otherExport = directory.resolve("other-export");
    LedgerExport.write(
        other, otherExport, LedgerExportTest.POLICY, new TreeMap<>(), Answers.INCLUDED);
    Files.copy(
        otherExport.resolve("cosigned/retort%2Fnorth"),
        export.resolve("cosigned/retort%2Fnorth"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(caught("cosigned note of a fork")).contains(Kind.COSIGNATURE);
  }

  @Test
  void verify_olderExportWithNewerNote_isFoundAsCutOff() throws Exception {
    byte[] newest = read("cosigned/retort%2Fnorth");
    // The whole ledger as it was before the last entry, its own checkpoint and tiles in order.
    exportForgery(PrivacyLedgerTest.SITE, entries -> entries.subList(0, 12), newest);
    assertThat(caught("rollback, in order in itself"))
        .containsExactlyInAnyOrder(Kind.COSIGNATURE, Kind.WITNESS);
  }

  // From here on the node forges with its own key: signatures, chain, checkpoint and tiles are all
  // in order, and only rules and witnesses tell.

  @Test
  void verify_forgedAlike_holdsButForTheWitnesses() throws Exception {
    byte[] newest = read("cosigned/retort%2Fnorth");
    exportForgery(PrivacyLedgerTest.SITE, entries -> entries, null);
    // Nobody cosigned: the policy asks for two.
    assertThat(findings(export)).containsExactly(Kind.WITNESS);
    exportForgery(PrivacyLedgerTest.SITE, entries -> entries, newest);
    assertThat(caught("fork")).contains(Kind.COSIGNATURE);
  }

  @Test
  void verify_signedAgainWithAnotherKey_isFound() throws Exception {
    byte[] newest = read("cosigned/retort%2Fnorth");
    LogSigner thief = new UnsafeTestSigner("site-a", "somebody else");
    exportForgery(thief, entries -> entries, newest);
    assertThat(caught("signed again with another key")).contains(Kind.COSIGNATURE);
    String known = VerifierKey.ofLog(PrivacyLedgerTest.SITE).toString();
    assertThat(LedgerVerifier.verify(export, known).findings())
        .extracting(LedgerReport.Finding::kind)
        .contains(Kind.KEY, Kind.SIGNATURE);
  }

  @Test
  void verify_rulesBroken_areNamed() throws Exception {
    Map<Kind, List<UnaryOperator<List<LedgerEntry>>>> forgeries = new EnumMap<>(Kind.class);
    forgeries.put(
        Kind.COST,
        List.of(each(entry -> entry instanceof CampaignOpen open
            ? new CampaignOpen(
                open.campaign(), new DiscreteGaussianHistogram(LabelGrid.VOTE, 3, 20))
            : entry)));
    forgeries.put(
        Kind.SPENT,
        List.of(
            each(entry -> entry instanceof Charge c
                ? LedgerTamperTest.charge(
                    c, u -> new UnitCharge(u.unit(), u.rho(), u.spentBefore(), u.spentBefore()))
                : entry),
            each(entry -> entry instanceof Charge c
                ? LedgerTamperTest.charge(
                    c,
                    u -> new UnitCharge(
                        u.unit(), u.rho(), u.spentBefore(), u.spentAfter().plus(new Zcdp(1))))
                : entry)));
    forgeries.put(
        Kind.RELEASE,
        List.of(
            entries -> with(entries, entries.size(), entries.get(4)),
            entries -> with(
                entries,
                entries.size(),
                new Release(3, Digest.of(new byte[0]), Digest.of(new byte[0]))),
            entries ->
                with(entries, 3, new Release(4, Digest.of(new byte[0]), Digest.of(new byte[0]))),
            entries -> with(entries, 5, entries.get(3))));
    forgeries.put(Kind.POLICY, List.of(entries -> with(entries, 3, entries.get(0))));
    forgeries.put(Kind.CAMPAIGN, List.of(entries -> with(entries, 3, entries.get(2))));
    forgeries.put(Kind.REFUSAL, List.of(entries -> without(entries, 5, 7)));
    forgeries.put(
        Kind.ANSWER,
        List.of(each(entry -> entry instanceof Release r
            ? new Release(r.charge(), Digest.of(new byte[] {1}), r.noiseCommitment())
            : entry)));
    for (var kind : forgeries.entrySet()) {
      for (UnaryOperator<List<LedgerEntry>> change : kind.getValue()) {
        exportForgery(PrivacyLedgerTest.SITE, change, null);
        assertThat(caught("rule broken under the node's own key: " + kind.getKey()))
            .contains(kind.getKey());
      }
    }
  }

  @Test
  void verify_rotationTamperedWith_isFoundAndNamed() throws Exception {
    LogSigner next = new UnsafeTestSigner(PrivacyLedgerTest.SITE.name(), "second key");
    LogSigner thief = new UnsafeTestSigner(PrivacyLedgerTest.SITE.name(), "somebody else");
    KeyRotation rotation =
        new KeyRotation(VerifierKey.ofLog(PrivacyLedgerTest.SITE), VerifierKey.ofLog(next));
    // Behind the last release, so that no entry names another by an index that moves.
    for (int at = 11; at <= 13; at++) {
      int seq = at;
      exportRotation(rotation, seq, UnsafeForgery.Pen.rotating(seq, next), next);
      assertThat(findings(export)).containsExactly(Kind.WITNESS);
      for (LogSigner alone : List.of(PrivacyLedgerTest.SITE, next, thief)) {
        exportRotation(
            rotation,
            seq,
            (index, payload) -> index == seq
                ? Envelope.sign(payload, alone)
                : UnsafeForgery.Pen.rotating(seq, next).sign(index, payload),
            next);
        assertThat(caught("rotation signed by less than both keys")).contains(Kind.ROTATION);
      }
      exportRotation(rotation, seq, UnsafeForgery.Pen.rotating(seq, next), PrivacyLedgerTest.SITE);
      assertThat(caught("checkpoint by the retired key")).contains(Kind.RETIRED_KEY);
      exportRotation(
          rotation,
          seq,
          (index, payload) -> index == seq
              ? UnsafeForgery.Pen.rotating(seq, next).sign(index, payload)
              : Envelope.sign(payload, PrivacyLedgerTest.SITE),
          next);
      assertThat(caught("entries by the retired key")).contains(Kind.RETIRED_KEY);
      exportRotation(
          new KeyRotation(rotation.from(), rotation.from()),
          seq,
          (index, payload) -> Envelope.sign(payload, PrivacyLedgerTest.SITE),
          PrivacyLedgerTest.SITE);
      assertThat(caught("rotation to the same key")).contains(Kind.ROTATION);
      exportRotation(
          new KeyRotation(VerifierKey.ofLog(thief), rotation.to()),
          seq,
          (index, payload) -> index == seq
              ? Envelope.sign(payload, thief).signAlso(next)
              : Envelope.sign(payload, index < seq ? PrivacyLedgerTest.SITE : next),
          next);
      assertThat(caught("rotation from another key")).contains(Kind.ROTATION);
    }
  }

  private void exportRotation(KeyRotation rotation, int at, UnsafeForgery.Pen pen, LogSigner last)
      throws Exception {
    exportForgery(
        PrivacyLedgerTest.SITE,
        pen,
        last,
        entries -> with(
            with(entries, entries.size(), new QuotaSet("lung-ct", "north", new Zcdp(1))),
            at,
            new KeyRotate(rotation)),
        null);
  }

  private static UnaryOperator<List<LedgerEntry>> each(UnaryOperator<LedgerEntry> change) {
    return entries -> entries.stream().map(change).toList();
  }

  private static List<LedgerEntry> with(List<LedgerEntry> entries, int at, LedgerEntry more) {
    List<LedgerEntry> longer = new ArrayList<>(entries);
    longer.add(at, more);
    return longer;
  }

  private static List<LedgerEntry> without(List<LedgerEntry> entries, int from, int to) {
    List<LedgerEntry> shorter = new ArrayList<>(entries);
    shorter.subList(from, to).clear();
    return shorter;
  }

  /** Puts other entries in the place of the export's, and everything that needs no key in order. */
  private void replaceEntries(List<byte[]> entries) throws Exception {
    for (String file : files()) {
      if (file.startsWith("tile/")) {
        Files.delete(export.resolve(file));
      }
    }
    StoredHashes hashes = new StoredHashes();
    MerkleLog tree = new MerkleLog();
    entries.forEach(entry -> hashes.addAll(tree.append(entry)));
    Tiles.write(export, entries.size(), hashes, visitor -> {
      for (byte[] entry : entries) {
        visitor.entry(entry);
      }
    });
    String header = Files.readString(export.resolve("export.json"));
    Files.writeString(
        export.resolve("export.json"),
        header.replaceAll("\"size\":\"[0-9]+\"", "\"size\":\"" + entries.size() + "\""));
  }

  /** Exports what a node makes of its ledger with its key, with or without the coordinator's note of the true one. */
  private void exportForgery(
      LogSigner signer, UnaryOperator<List<LedgerEntry>> change, byte @Nullable [] note)
      throws Exception {
    exportForgery(signer, (seq, payload) -> Envelope.sign(payload, signer), signer, change, note);
  }

  private void exportForgery(
      LogSigner signer,
      UnsafeForgery.Pen pen,
      LogSigner last,
      UnaryOperator<List<LedgerEntry>> change,
      byte @Nullable [] note)
      throws Exception {
    Path forged = Files.createTempDirectory(directory, "forged");
    Files.copy(PrivacyLedgerTest.file(home), PrivacyLedgerTest.file(forged));
    UnsafeForgery.forge(PrivacyLedgerTest.file(forged), signer, pen, last, change);
    try (var connection = UnsafeForgery.connect(PrivacyLedgerTest.file(forged));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM cosigned");
    }
    WitnessPolicy policy = WitnessPolicy.of(
        List.of(VerifierKey.ofLog(signer)),
        List.of(
            VerifierKey.ofWitness(LedgerExportTest.COORDINATOR),
            VerifierKey.ofWitness(LedgerExportTest.SITE_B)),
        1);
    export = forged.resolve("export");
    LedgerExport.write(forged, export, policy, new TreeMap<>(), Answers.INCLUDED);
    if (note != null) {
      write("cosigned/retort%2Fnorth", note);
    }
  }
}
