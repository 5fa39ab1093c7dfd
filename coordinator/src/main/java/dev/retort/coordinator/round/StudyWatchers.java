package dev.retort.coordinator.round;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Those who watch studies. Watchers come and go on any thread; all else happens on the runner's. */
final class StudyWatchers {

  private static final Duration NOTICE_INTERVAL = Duration.ofMillis(50);

  /** Runs something on the runner's thread later. */
  interface Timer {
    void after(Duration delay, Runnable action);
  }

  private final Timer timer;
  private final Map<String, List<Consumer<StudyView>>> watchers = new ConcurrentHashMap<>();
  private final Set<String> pending = new HashSet<>();

  StudyWatchers(Timer timer) {
    this.timer = timer;
  }

  void add(String studyId, Consumer<StudyView> watcher) {
    watchers.computeIfAbsent(studyId, id -> new CopyOnWriteArrayList<>()).add(watcher);
  }

  void remove(String studyId, Consumer<StudyView> watcher) {
    watchers.getOrDefault(studyId, new CopyOnWriteArrayList<>()).remove(watcher);
  }

  /** Shows the study as it is, if anybody watches. */
  void publish(String studyId, Supplier<StudyView> view) {
    List<Consumer<StudyView>> list = watchers.get(studyId);
    if (list != null && !list.isEmpty()) {
      StudyView shown = view.get();
      list.forEach(watcher -> watcher.accept(shown));
    }
  }

  /** Shows the study soon, if it is live then: many changes in a row make one snapshot. */
  void notice(String studyId, Supplier<Optional<StudyView>> view) {
    if (pending.add(studyId)) {
      timer.after(NOTICE_INTERVAL, () -> {
        pending.remove(studyId);
        view.get().ifPresent(shown -> publish(studyId, () -> shown));
      });
    }
  }
}
