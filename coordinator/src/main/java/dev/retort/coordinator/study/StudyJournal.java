package dev.retort.coordinator.study;

import dev.retort.journal.CoordinatorJournal;
import dev.retort.journal.JournalEntry;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalState.Objection;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.SampleRange;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the coordinator writes in its journal about its studies, for auditors to hold against the nodes' ledgers. Every
 * method returns when its entry is durable, and may be called again with what it was called with before. Safe for use by
 * several threads.
 */
public final class StudyJournal {

  /** A node can have labels refused as often as it likes; the journal must not grow by that. */
  private static final int MAX_REJECTS = 100;

  private final CoordinatorJournal journal;

  /** Writes into {@code journal}, which stays the caller's to close. */
  public StudyJournal(CoordinatorJournal journal) {
    this.journal = journal;
  }

  /** A study begins, and is offered to nobody before. */
  public void opened(Study study) throws LogUnavailableException {
    journal.openStudy(study.id(), study.canonicalPlan().getBytes(StandardCharsets.UTF_8));
  }

  /** A node is about to be asked for the labels of {@code range}. */
  public void asked(Study study, String nodeId, int round, SampleRange range)
      throws LogUnavailableException {
    journal.write(
        new JournalEntry.Ask(study.id(), new Place(nodeId, round, range.first(), range.count())));
  }

  /**
   * A block whose release is proven is about to be stored, so that nothing is stored that is not written down.
   *
   * @return what stands against it; then nothing was written, and it must not be stored
   */
  public Optional<Objection> received(Study study, StoredBlock block, ProvenRelease release)
      throws LogUnavailableException {
    return received(study, place(block), block.block().digest(), release);
  }

  /**
   * A node is about to put an answer into a secure sum, and its release is proven.
   *
   * @param answer the digest of the answer, or a commitment to it
   * @return what stands against it; then nothing was written, and it must not be counted
   */
  public Optional<Objection> received(
      Study study, Place place, Digest answer, ProvenRelease release)
      throws LogUnavailableException {
    return journal.receive(new JournalEntry.Receive(study.id(), place, answer, release));
  }

  /** A block is refused; nothing of it is stored. Only the first hundred of a node in a study are written down. */
  public void rejected(Study study, StoredBlock block, StoreOutcome.Rejected why)
      throws LogUnavailableException {
    long before = journal
        .study(
            study.id(),
            part -> part.rejected().stream()
                .filter(reject -> reject.place().node().equals(block.nodeId()))
                .count())
        .orElse(0L);
    if (before < MAX_REJECTS) {
      journal.write(new JournalEntry.Reject(
          study.id(),
          place(block),
          block.block().digest(),
          why.reason().name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
  }

  /**
   * All stored blocks were added up.
   *
   * @param blocks their places
   * @param sums {@link dev.retort.journal.SumsDigest} of the sums
   */
  public void aggregated(Study study, Collection<Place> blocks, Digest sums)
      throws LogUnavailableException {
    journal.aggregate(study.id(), blocks.stream().collect(Collectors.toUnmodifiableSet()), sums);
  }

  /** A student was distilled, whose weights have this SHA-256. */
  public void distilled(Study study, Digest model) throws LogUnavailableException {
    journal.write(new JournalEntry.Student(study.id(), model));
  }

  /** A study ends without a student. */
  public void failed(Study study) throws LogUnavailableException {
    journal.write(new JournalEntry.StudyFail(study.id()));
  }

  /** Where a block belongs. */
  public static Place place(StoredBlock stored) {
    return new Place(
        stored.nodeId(),
        stored.round(),
        stored.block().firstSample(),
        stored.block().count());
  }
}
