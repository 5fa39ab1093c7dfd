package dev.retort.cli.report;

import dev.retort.auditor.AuditedLog;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalEntry.Aggregate;
import dev.retort.journal.JournalEntry.Ask;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalEntry.Student;
import dev.retort.journal.SumsDigest;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MerkleProver;
import dev.retort.tlog.SignedNote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A coordinator and its sites, whose real logs lie in one directory. Time passes when it is told to. */
final class TestFederation implements AutoCloseable {

  static final String NAME = "retort/lungs";

  private static final Digest DATA = Digest.of(new byte[] {1});
  private static final Digest SCANS = Digest.of(new byte[] {2});
  private static final int CLASSES = 3;

  private final Path directory;
  private final TestSigner coordinator;
  private final CoordinatorJournal journal;
  private final Map<Digest, byte[]> plans = new HashMap<>();
  private final List<String> journalCosigned = new ArrayList<>();
  private final Map<String, TestSite> sites = new LinkedHashMap<>();
  private Instant now = Instant.parse("2026-03-02T08:00:00Z");

  TestFederation(Path directory) throws Exception {
    this(directory, NAME);
  }

  TestFederation(Path directory, String name) throws Exception {
    this.directory = directory;
    this.coordinator = TestSigner.of(name);
    this.journal = CoordinatorJournal.open(directory.resolve("journal.db"), coordinator, () -> now);
  }

  /** A site with its ledger. */
  final class TestSite {
    final String name;
    final String lineage;
    final TestSigner signer;
    final PrivacyLedger ledger;
    final Path file;
    private final Map<Long, LabelBlock> answers = new HashMap<>();
    private final List<String> cosigned = new ArrayList<>();

    private TestSite(String name, String lineage) throws Exception {
      this.name = name;
      this.lineage = lineage;
      this.signer = TestSigner.of(coordinator.name() + "/" + name);
      this.file = directory.resolve("site-" + sites.size() + ".db");
      this.ledger = PrivacyLedger.open(file, signer, () -> now);
    }

    ChargeOutcome charge(TestStudy study, long first, int count) throws Exception {
      return ledger.charge(
          new Query(lineage, study.digest, Query.batch(SCANS, first, count), count), party());
    }

    /** Answers a query, and returns the proof of its release. */
    Answer answer(TestStudy study, long first, int count) throws Exception {
      long paid = ((Charged) charge(study, first, count)).seq();
      int[] values = new int[count * CLASSES];
      Arrays.setAll(values, i -> (int) (first + i) % 50 - 9);
      LabelBlock block = new LabelBlock(first, count, CLASSES, values);
      ledger.release(paid, block, DATA);
      answers.put(paid, block);
      long size = ledger.size();
      try (LogFile open = LogFile.openToRead(file)) {
        return new Answer(
            block,
            new ProvenRelease(
                signer.name(), paid, size - 1, size, new MerkleProver(open).root(size)));
      }
    }

    void cosignedBy(TestSigner witness) throws Exception {
      cosigned.add(SignedNote.parse(ledger.checkpoint()).cosign(witness, now).encode());
    }

    TestLog log() throws Exception {
      return TestLog.read(AuditedLog.Kind.NODE, file, cosigned, answers, Map.of());
    }
  }

  /** An answer and its proof. */
  record Answer(LabelBlock block, ProvenRelease release) {}

  /** A study that the journal knows. */
  final class TestStudy {
    final String name;
    final Digest digest;
    private final DiscreteGaussianHistogram mechanism;
    private final long[] sums;
    private int blocks;

    private TestStudy(String name, int limit, int sigma) throws Exception {
      this.name = name;
      StudyPlan plan = StudyPlans.resolve(
          StudyPlans.readFile("study.yaml", """
                  study: lungs
                  task: { kind: classification, classes: [healthy, benign, malignant] }
                  transferSet: scans@%s
                  privacy: { epsilon: 2.0 }
                  """.formatted("sha256:" + SCANS.hex()), List.of())
              .plan(),
          limit,
          sigma);
      byte[] bytes = StudyPlans.canonicalBytes(plan);
      digest = Digest.of(bytes);
      plans.put(digest, bytes);
      mechanism = new DiscreteGaussianHistogram(LabelGrid.VOTE, CLASSES, sigma);
      sums = new long[limit * CLASSES];
      journal.openStudy(name, bytes);
    }

    /** Asks a site and takes in what it answers, in blocks of 100. */
    void ask(TestSite site, long first, int count) throws Exception {
      journal.write(new Ask(name, new Place(site.name, 0, first, count)));
      for (long at = first; at < first + count; at += 100) {
        int size = (int) Math.min(100, first + count - at);
        Answer answer = site.answer(this, at, size);
        journal.write(new Receive(
            name, new Place(site.name, 0, at, size), answer.block().digest(), answer.release()));
        int[] values = answer.block().values();
        for (int i = 0; i < values.length; i++) {
          sums[(int) at * CLASSES + i] += values[i];
        }
        blocks++;
        pass(Duration.ofMinutes(7));
      }
    }

    void reject(TestSite site, long first, String reason) throws Exception {
      journal.write(new Reject(name, new Place(site.name, 0, first, 100), DATA, reason));
    }

    void finish() throws Exception {
      journal.write(new Aggregate(name, blocks, SumsDigest.of(CLASSES, sums)));
      journal.write(new Student(name, Digest.of(name.getBytes(StandardCharsets.UTF_8))));
    }

    void openAt(TestSite site) throws Exception {
      site.ledger.openCampaign(digest, mechanism);
    }
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Party party() {
    return Party.ofKey("lungs", coordinator.publicKey());
  }

  TestSigner coordinator() {
    return coordinator;
  }

  TestSite site(String name, String lineage, String unit, ApproxDp promise) throws Exception {
    TestSite site = new TestSite(name, lineage);
    site.ledger.openPolicy(lineage, unit, promise);
    site.ledger.bindDataset(new DatasetBind(lineage, DATA, 150, "prf-mod-teachers/1"));
    sites.put(name, site);
    return site;
  }

  TestStudy study(String name, int limit, int sigma) throws Exception {
    return new TestStudy(name, limit, sigma);
  }

  /** Has every log cosigned by all others, at the sizes that they have now. */
  void witness() throws Exception {
    for (TestSite site : sites.values()) {
      site.cosignedBy(coordinator);
      for (TestSite other : sites.values()) {
        if (other != site) {
          site.cosignedBy(other.signer);
        }
      }
      Checkpoint.parse(SignedNote.parse(journal.checkpoint()).text());
      journalCosigned.add(
          SignedNote.parse(journal.checkpoint()).cosign(site.signer, now).encode());
    }
  }

  TestLog journalLog() throws Exception {
    return TestLog.read(
        AuditedLog.Kind.COORDINATOR,
        directory.resolve("journal.db"),
        journalCosigned,
        Map.of(),
        plans);
  }

  List<AuditedLog> allLogs() throws Exception {
    List<AuditedLog> logs = new ArrayList<>();
    for (TestSite site : sites.values()) {
      logs.add(site.log());
    }
    logs.add(journalLog());
    return logs;
  }

  @Override
  public void close() throws LogUnavailableException {
    for (TestSite site : sites.values()) {
      site.ledger.close();
    }
    journal.close();
  }
}
