package dev.retort.journal;

import dev.retort.journal.JournalEntry.Aggregate;
import dev.retort.journal.JournalEntry.Ask;
import dev.retort.journal.JournalEntry.Drop;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalEntry.Student;
import dev.retort.journal.JournalEntry.StudyFail;
import dev.retort.journal.JournalEntry.StudyOpen;
import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a journal's entries add up to, and which entry may come next. The coordinator asks before it appends, an auditor
 * afterwards. Not thread-safe.
 */
public final class JournalState {

  /** What stands against taking down labels. */
  public enum Objection {
    /** The node was not asked for them. */
    UNASKED("labels must have been asked for"),
    /** Other labels were received in their place. */
    CONTRADICTION("labels must be received once"),
    /** The study's labels are added up already. */
    LATE("labels must be received before they are added up");

    private final String rule;

    Objection(String rule) {
      this.rule = rule;
    }

    /** The rule that they break, as a sentence. */
    public String rule() {
      return rule;
    }
  }

  /** Where one answer belongs. */
  private record Spot(String node, int round, long firstSample) {
    static Spot of(Place place) {
      return new Spot(place.node(), place.round(), place.firstSample());
    }
  }

  /** One study's part of the journal. */
  public static final class StudyPart {

    private final Digest plan;
    private final Map<String, Set<Place>> asked = new HashMap<>();
    private final Map<Spot, Receive> received = new LinkedHashMap<>();
    private final Set<Place> dropped = new LinkedHashSet<>();
    private final Set<Reject> rejected = new LinkedHashSet<>();
    private @Nullable Aggregate aggregate;
    private @Nullable Digest model;
    private boolean failed;

    private StudyPart(Digest plan) {
      this.plan = plan;
    }

    /** SHA-256 of the plan's canonical JSON. */
    public Digest plan() {
      return plan;
    }

    /** How many samples each node was asked for, each counted once, by the node's name. */
    public SortedMap<String, Long> asked() {
      SortedMap<String, Long> samples = new TreeMap<>();
      asked.forEach((node, places) -> samples.put(node, samples(places)));
      return samples;
    }

    /** What is left of a range after a lost connection is asked for again, so that places overlap. */
    private static long samples(Set<Place> places) {
      List<Place> ordered = new ArrayList<>(places);
      ordered.sort(Comparator.comparingInt(Place::round).thenComparingLong(Place::firstSample));
      long samples = 0;
      int round = -1;
      long end = 0;
      for (Place place : ordered) {
        long from =
            place.round() == round ? Math.max(end, place.firstSample()) : place.firstSample();
        long to = place.firstSample() + place.count();
        samples += Math.max(0, to - from);
        end = place.round() == round ? Math.max(end, to) : to;
        round = place.round();
      }
      return samples;
    }

    /** What was received and not dropped, in the journal's order. */
    public Collection<Receive> received() {
      return Collections.unmodifiableCollection(received.values());
    }

    /** What was received and dropped, in the journal's order. */
    public Set<Place> dropped() {
      return Collections.unmodifiableSet(dropped);
    }

    /** What was refused, in the journal's order. */
    public Set<Reject> rejected() {
      return Collections.unmodifiableSet(rejected);
    }

    /** Whether the study ended without a student. */
    public boolean failed() {
      return failed;
    }

    /** The sums, once they were taken. */
    public Optional<Aggregate> aggregate() {
      return Optional.ofNullable(aggregate);
    }

    /** SHA-256 of the newest student's file, once there is one. */
    public Optional<Digest> model() {
      return Optional.ofNullable(model);
    }

    private boolean wasAsked(Place place) {
      return asked.getOrDefault(place.node(), Set.of()).stream()
          .anyMatch(range -> range.round() == place.round()
              && range.firstSample() <= place.firstSample()
              && place.firstSample() + place.count() <= range.firstSample() + range.count());
    }
  }

  private final Map<String, StudyPart> studies = new LinkedHashMap<>();

  /** The state before the first entry. */
  public JournalState() {}

  /** All studies in the order of their opening. */
  public Map<String, StudyPart> studies() {
    return Collections.unmodifiableMap(studies);
  }

  /** Whether an entry says what the journal says already, so that it need not be written. */
  boolean isKnown(JournalEntry entry) {
    StudyPart study = studies.get(entry.study());
    if (study == null) {
      return false;
    }
    if (entry instanceof StudyOpen open) {
      return study.plan.equals(open.plan());
    } else if (entry instanceof Ask ask) {
      return study.asked.getOrDefault(ask.place().node(), Set.of()).contains(ask.place());
    } else if (entry instanceof Receive receive) {
      Receive held = study.received.get(Spot.of(receive.place()));
      return held != null
          && held.place().equals(receive.place())
          && held.answer().equals(receive.answer());
    } else if (entry instanceof Reject reject) {
      return study.rejected.contains(reject);
    } else if (entry instanceof Drop drop) {
      return study.dropped.contains(drop.place());
    } else if (entry instanceof Aggregate aggregate) {
      return aggregate.equals(study.aggregate);
    } else if (entry instanceof Student student) {
      return student.model().equals(study.model);
    }
    return study.failed;
  }

  /** The rules that {@code entry} breaks as the next one, as sentences. */
  public List<String> broken(JournalEntry entry) {
    List<String> broken = new ArrayList<>();
    StudyPart study = studies.get(entry.study());
    if (entry instanceof StudyOpen) {
      require(broken, study == null, "study must be opened once: " + entry.study());
      return broken;
    }
    if (study == null) {
      broken.add("study must be open: " + entry.study());
      return broken;
    }
    if (entry instanceof Receive receive) {
      for (Objection objection : objections(study, receive)) {
        broken.add(objection.rule + ": " + receive.place());
      }
    } else if (entry instanceof Drop drop) {
      Receive held = study.received.get(Spot.of(drop.place()));
      require(
          broken,
          held != null && held.place().equals(drop.place()),
          "labels must have been received to be dropped: " + drop.place());
      require(broken, study.aggregate == null, "labels must be dropped before others are added up");
    } else if (entry instanceof Aggregate aggregate) {
      require(
          broken,
          aggregate.blocks() == study.received.size(),
          "blocks must be all that were received and not dropped, " + study.received.size() + ": "
              + aggregate.blocks());
      require(broken, study.aggregate == null, "labels must be added up once");
    } else if (entry instanceof Student) {
      require(broken, study.aggregate != null, "labels must be added up before a student is made");
    } else if (entry instanceof StudyFail) {
      require(broken, study.model == null, "study must not fail after its student was made");
    }
    return broken;
  }

  /** The first thing that stands against taking labels down, if they are not known already. */
  Optional<Objection> objection(Receive receive) {
    StudyPart study = studies.get(receive.study());
    if (study == null) {
      return Optional.of(Objection.UNASKED);
    }
    return isKnown(receive)
        ? Optional.empty()
        : objections(study, receive).stream().findFirst();
  }

  private static List<Objection> objections(StudyPart study, Receive receive) {
    List<Objection> objections = new ArrayList<>();
    if (!study.wasAsked(receive.place())) {
      objections.add(Objection.UNASKED);
    }
    if (study.received.containsKey(Spot.of(receive.place()))) {
      objections.add(Objection.CONTRADICTION);
    }
    if (study.aggregate != null) {
      objections.add(Objection.LATE);
    }
    return objections;
  }

  /** Takes in the next entry, whether or not it keeps the rules, as far as it makes sense. */
  public void apply(JournalEntry entry) {
    if (entry instanceof StudyOpen open) {
      studies.putIfAbsent(open.study(), new StudyPart(open.plan()));
      return;
    }
    StudyPart study = studies.get(entry.study());
    if (study == null) {
      return;
    }
    if (entry instanceof Ask ask) {
      study.asked.computeIfAbsent(ask.place().node(), node -> new HashSet<>()).add(ask.place());
    } else if (entry instanceof Receive receive) {
      study.received.putIfAbsent(Spot.of(receive.place()), receive);
    } else if (entry instanceof Reject reject) {
      study.rejected.add(reject);
    } else if (entry instanceof Drop drop) {
      study.received.remove(Spot.of(drop.place()));
      study.dropped.add(drop.place());
    } else if (entry instanceof Aggregate aggregate) {
      study.aggregate = aggregate;
    } else if (entry instanceof Student student) {
      study.model = student.model();
    } else if (entry instanceof StudyFail) {
      study.failed = true;
    }
  }

  private static void require(List<String> broken, boolean holds, String rule) {
    if (!holds) {
      broken.add(rule);
    }
  }
}
