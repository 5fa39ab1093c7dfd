package dev.retort.coordinator.round;

import dev.retort.coordinator.study.StoreOutcome;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.coordinator.study.SubmittedBlock;
import dev.retort.coordinator.witness.ReleaseCheck;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalState.Objection;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlans;
import dev.retort.tlog.LogUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes label blocks in: each must be one of the plan's and proven to be released, and is written down in the journal
 * before it is stored. Safe for use by several threads.
 */
final class LabelIntake {

  private static final Logger LOG = LoggerFactory.getLogger(LabelIntake.class);

  private final StudyStore store;
  private final ReleaseCheck releases;
  private final StudyJournal journal;

  LabelIntake(StudyStore store, ReleaseCheck releases, StudyJournal journal) {
    this.store = store;
    this.releases = releases;
    this.journal = journal;
  }

  /**
   * Stores blocks durably, all or none.
   *
   * @throws LogUnavailableException if the witness's store cannot be read or the journal not be written; nothing was stored
   */
  StoreOutcome take(String studyId, List<SubmittedBlock> submitted) throws LogUnavailableException {
    Optional<Study> found = store.find(studyId);
    if (found.isEmpty() || !(found.get().state() instanceof StudyState.Collecting)) {
      return new StoreOutcome.TooLate();
    }
    Study study = found.get();
    List<ProvenRelease> proven = new ArrayList<>();
    for (SubmittedBlock one : submitted) {
      try {
        proven.add(proven(study, one));
      } catch (RefusedBlockException e) {
        return rejected(study, one.block(), e.why);
      }
    }
    List<StoredBlock> blocks = submitted.stream().map(SubmittedBlock::block).toList();
    for (int i = 0; i < blocks.size(); i++) {
      Optional<Objection> objection = journal.received(study, blocks.get(i), proven.get(i));
      if (objection.isPresent()) {
        return objection.get() == Objection.LATE
            ? new StoreOutcome.TooLate()
            : rejected(study, blocks.get(i), refusal(blocks.get(i), objection.get()));
      }
    }
    StoreOutcome outcome = store.storeBlocks(studyId, blocks);
    if (outcome instanceof StoreOutcome.Rejected contradiction) {
      for (StoredBlock block : blocks) {
        if (block.block().firstSample() == contradiction.firstSample()) {
          return rejected(study, block, contradiction);
        }
      }
    }
    return outcome;
  }

  private ProvenRelease proven(Study study, SubmittedBlock submitted)
      throws RefusedBlockException, LogUnavailableException {
    long first = submitted.block().block().firstSample();
    if (!fits(study, submitted.block())) {
      throw new RefusedBlockException(new StoreOutcome.Rejected(
          first,
          StoreOutcome.Reason.MISFIT,
          "a block must be one of the plan's blocks, with the plan's classes, in round 0"));
    }
    if (submitted.proof() instanceof SubmittedBlock.Proof.Lacking lacking) {
      throw new RefusedBlockException(
          StoreOutcome.Rejected.unproven(first, lacking.flaw(), lacking.message()));
    }
    try {
      return releases.verify(
          study,
          StudyJournal.place(submitted.block()),
          submitted.block().block().digest(),
          ((SubmittedBlock.Proof.Given) submitted.proof()).proof());
    } catch (UnprovenReleaseException e) {
      throw new RefusedBlockException(
          StoreOutcome.Rejected.unproven(first, e.flaw(), String.valueOf(e.getMessage())));
    }
  }

  private static StoreOutcome.Rejected refusal(StoredBlock block, Objection objection) {
    return new StoreOutcome.Rejected(
        block.block().firstSample(),
        objection == Objection.CONTRADICTION
            ? StoreOutcome.Reason.CONTRADICTION
            : StoreOutcome.Reason.MISFIT,
        objection.rule());
  }

  private StoreOutcome rejected(Study study, StoredBlock block, StoreOutcome.Rejected why)
      throws LogUnavailableException {
    LOG.warn(
        "study {}: the block of node {} at sample {} is refused ({}): {}",
        study.id(),
        block.nodeId(),
        why.firstSample(),
        why.reason(),
        why.message());
    journal.rejected(study, block, why);
    return why;
  }

  private static boolean fits(Study study, StoredBlock stored) {
    int width = StudyNoise.width(study.plan());
    LabelBlock block = stored.block();
    return stored.round() == 0
        && block.classes() == width
        && StudyPlans.blocks(study.plan()).stream()
            .anyMatch(
                range -> range.first() == block.firstSample() && range.count() == block.count());
  }

  private static final class RefusedBlockException extends Exception {
    final StoreOutcome.Rejected why;

    RefusedBlockException(StoreOutcome.Rejected why) {
      this.why = why;
    }
  }
}
