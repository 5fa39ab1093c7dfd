package dev.retort.cli;

import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.round.StudyView;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.StudyState;
import dev.retort.plan.StudyPlan;
import java.util.concurrent.LinkedBlockingQueue;

/** Watches simulated studies to their ends, shows how far they are, and books the time of their phases. */
final class StudyPlayback {

  private final CoordinatorCore core;
  private final PhaseClock phases;
  private final ProgressLines progress;

  StudyPlayback(CoordinatorCore core, PhaseClock phases, ProgressLines progress) {
    this.core = core;
    this.phases = phases;
    this.progress = progress;
  }

  /**
   * Waits until a study has its student.
   *
   * @throws CommandFailedException if it ends without, saying why and which sites did not answer
   */
  StudyView toStudent(String studyId) throws InterruptedException, CommandFailedException {
    LinkedBlockingQueue<StudyView> views = new LinkedBlockingQueue<>();
    core.runner().watch(studyId, views::add);
    String phase = "teachers";
    StudyView view = views.take();
    while (true) {
      String next = phase(view, phase);
      if (!next.equals(phase)) {
        phases.book(phase);
        phase = next;
      }
      show(view);
      if (view.study().state().ended()) {
        break;
      }
      view = views.take();
    }
    phases.book(phase);
    progress.finish();
    if (!(view.study().state() instanceof StudyState.Finished)) {
      throw new CommandFailedException("no student: " + view.study().state() + reasons(view));
    }
    return view;
  }

  /** Answers overlap with training where one executor serves all sites: labels begin when the last site is trained. */
  private static String phase(StudyView view, String before) {
    if (view.study().state() instanceof StudyState.Collecting) {
      boolean trained = view.nodes().stream()
          .noneMatch(node -> node.state() instanceof NodeState.Offered
              || node.state() instanceof NodeState.Training);
      return trained ? "labels" : before;
    }
    return "student";
  }

  private void show(StudyView view) {
    StudyPlan plan = view.study().plan();
    long trained = 0;
    long labelled = 0;
    for (StudyView.NodeView node : view.nodes()) {
      trained += node.state() instanceof NodeState.Training training
          ? training.trained()
          : node.state() instanceof NodeState.Offered ? 0 : plan.teachersPerNode();
      labelled += node.samplesLabelled();
    }
    if (plan.teachersPerNode() > 0) {
      progress.update(
          "teachers", trained, (long) plan.teachersPerNode() * view.nodes().size());
    }
    progress.update(
        "labels", labelled, (long) plan.queries().limit() * view.nodes().size());
    if (view.epochs() > 0) {
      progress.update("student epochs", view.epochsDone(), view.epochs());
    }
  }

  private static String reasons(StudyView ended) {
    StringBuilder text = new StringBuilder();
    for (StudyView.NodeView node : ended.nodes()) {
      if (node.state().ended() && !(node.state() instanceof NodeState.Answered)) {
        text.append("; ").append(node.nodeId()).append(": ").append(node.state());
      }
    }
    return text.toString();
  }
}
