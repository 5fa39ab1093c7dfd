package dev.retort.coordinator.study;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.round.CollectionParts;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlSumStore;
import dev.retort.coordinator.witness.ReleaseCheck;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalSource;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.EntryProof;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.tlog.Envelope;
import dev.retort.transfer.SampleRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Small studies for tests: 256 classes and 600 samples, and so three blocks of 256, 256 and 88 samples. */
public final class Studies {

  /** Entries a sample. */
  public static final int CLASSES = 256;

  /** Samples asked for. */
  public static final int LIMIT = 600;

  /** When they are created. */
  public static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");

  private static final IdentitySigner SIGNER =
      new IdentitySigner("nobody", IdentityKey.generate(new SecureRandom()));

  private Studies() {}

  /** A collecting study. */
  public static Study collecting(String id, String... overrides) {
    String yaml = """
        study: test
        task: { kind: classification, classes: [%s] }
        transferSet: public@sha256:%s
        privacy: { epsilon: 100, sigma: 7 }
        queries: { limit: %d }
        teachers: { perNode: 3, architecture: linear, device: cpu }
        student: { architecture: linear }
        """.formatted(
            IntStream.range(0, CLASSES).mapToObj(i -> "c" + i).collect(Collectors.joining(", ")),
            "cd".repeat(32),
            LIMIT);
    try {
      StudyPlan plan = StudyPlans.readFile("test", yaml, List.of(overrides)).plan();
      byte[] canonical = StudyPlans.canonicalBytes(plan);
      return new Study(
          id,
          plan,
          new String(canonical, StandardCharsets.UTF_8),
          Digest.of(canonical),
          null,
          CREATED,
          new StudyState.Collecting());
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** The journal of a coordinator in {@code home}. */
  public static CoordinatorJournal journal(Path home) throws Exception {
    return CoordinatorJournal.open(home.resolve(JournalSource.FILE), SIGNER, () -> CREATED);
  }

  /** What answers are collected with: nobody has a key. */
  public static CollectionParts parts(
      Database database, CoordinatorJournal journal, ReleaseCheck releases, Clock clock) {
    return new CollectionParts(
        new SqlSumStore(database.jdbi()),
        node -> Optional.empty(),
        SIGNER,
        releases,
        new StudyJournal(journal),
        new SecureRandom(),
        clock,
        CollectionParts.USUAL_PATIENCE);
  }

  /** The blocks of a study. */
  public static List<SampleRange> ranges() {
    return StudyPlans.blocks(collecting("any").plan());
  }

  /** A node's block, every entry {@code value}. */
  public static StoredBlock block(String nodeId, SampleRange range, int value) {
    int[] values = new int[range.count() * CLASSES];
    Arrays.fill(values, value);
    return new StoredBlock(
        nodeId, 0, new LabelBlock(range.first(), range.count(), CLASSES, values), value);
  }

  /** Blocks with a proof that only a check which takes any believes. */
  public static List<SubmittedBlock> proven(List<StoredBlock> blocks) {
    EntryProof nothing = new EntryProof(0, Envelope.sign(new byte[0], SIGNER), List.of());
    ReleaseProof proof = new ReleaseProof(nothing, nothing, 1);
    return blocks.stream()
        .map(block -> new SubmittedBlock(block, new SubmittedBlock.Proof.Given(proof)))
        .toList();
  }

  /** All of a node's blocks. */
  public static List<StoredBlock> blocks(String nodeId) {
    List<StoredBlock> blocks = new ArrayList<>();
    for (SampleRange range : ranges()) {
      blocks.add(block(nodeId, range, (int) range.first() + 1));
    }
    return blocks;
  }
}
