package dev.retort.node.session;

import dev.retort.tlog.LogUnavailableException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out steps of studies, and gives a study up when one of its steps cannot be. Safe for use by several threads. */
final class StepGuard {

  private static final Logger LOG = LoggerFactory.getLogger(StepGuard.class);

  private final Coordinator coordinator;

  StepGuard(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** A step of a study. */
  interface Step {
    void run()
        throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
            WitnessRefusedException, LogUnavailableException, IOException, InterruptedException;
  }

  /**
   * Runs a step. If it fails for a reason of the study or the site, the coordinator is told.
   *
   * @return whether the study goes on
   * @throws CoordinatorLostException if the coordinator must be dialled again
   * @throws RolledBackException if a witness knows more of the ledger than the ledger itself; the node is halted
   * @throws InterruptedException if the session or the study is closed meanwhile
   */
  boolean run(String studyId, Step step)
      throws CoordinatorLostException, RolledBackException, InterruptedException {
    try {
      step.run();
      return true;
    } catch (StudyImpossibleException e) {
      LOG.warn("study {}: {}", studyId, e.getMessage());
      abandon(studyId, String.valueOf(e.getMessage()));
    } catch (WitnessRefusedException e) {
      LOG.error("study {}: {}", studyId, e.getMessage());
      abandon(studyId, String.valueOf(e.getMessage()));
    } catch (LogUnavailableException e) {
      LOG.error("study {}: the privacy ledger cannot be written, so nothing leaves", studyId, e);
      abandon(studyId, "the site's privacy ledger cannot be written");
    } catch (IOException e) {
      LOG.error("study {}: a file cannot be read or written", studyId, e);
      abandon(studyId, "the site cannot read or write its files");
    } catch (RuntimeException | LinkageError e) {
      // A bug, or a tensor library that does not load. Its message might hold anything, so it stays
      // here.
      LOG.error("study {} failed", studyId, e);
      abandon(studyId, "the site's program failed; its log says more");
    }
    return false;
  }

  private void abandon(String studyId, String message) {
    coordinator.tell(new Report.Abandoned(studyId, message));
  }
}
