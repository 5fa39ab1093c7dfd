package dev.retort.node.session;

import dev.retort.learn.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Tells the coordinator how far the teachers are, at most a few times a second. What it tells is a share of the plan's
 * count of teachers: how many shards have records is nobody's business.
 */
final class ProgressReports implements Progress {

  private static final Duration PAUSE = Duration.ofMillis(300);

  private final Coordinator coordinator;
  private final String studyId;
  private final int teachers;
  private final InstantSource clock;
  private Instant next = Instant.MIN;

  ProgressReports(Coordinator coordinator, String studyId, int teachers, InstantSource clock) {
    this.coordinator = coordinator;
    this.studyId = studyId;
    this.teachers = teachers;
    this.clock = clock;
  }

  @Override
  public void advanced(int done, int total) {
    Instant now = clock.instant();
    if (total > 0 && (done == total || !now.isBefore(next))) {
      next = now.plus(PAUSE);
      coordinator.tell(
          new Report.Progressed(studyId, (int) ((long) teachers * done / total), teachers));
    }
  }
}
