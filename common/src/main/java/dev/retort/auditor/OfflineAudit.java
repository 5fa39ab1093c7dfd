package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.AuditResult.Witnessed;
import dev.retort.auditor.LedgerEvent.Release;
import dev.retort.config.InvalidConfigException;
import dev.retort.journal.JournalEntry;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalFormat;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.journal.SumsDigest;
import dev.retort.label.LabelBlock;
import dev.retort.merkle.Digest;
import dev.retort.plan.Aggregation;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.RecordCodec;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checks logs that were handed over, each by itself and all against each other: no network, no database, no trust in
 * whoever wrote them.
 *
 * <p>It cannot see whether noise was honestly drawn, nor what was never written; a tail that was cut off together with its
 * checkpoint shows only against a witness or another log.
 */
public final class OfflineAudit {

  private final List<AuditFinding> findings = new ArrayList<>();
  private final Set<String> unchecked = new java.util.LinkedHashSet<>();
  private final List<String> uncheckable = new ArrayList<>();
  private final Map<String, OpenedLog> opened = new LinkedHashMap<>();

  private OfflineAudit() {}

  /**
   * Audits logs.
   *
   * @param logs at most one of each origin
   * @throws LogUnavailableException if a file cannot be read
   */
  public static AuditResult of(List<AuditedLog> logs) throws LogUnavailableException {
    return of(logs, List.of());
  }

  /**
   * Audits logs.
   *
   * @param logs at most one of each origin
   * @param keys by which evidence is judged beside the keys of those logs, under the names that they bear
   * @throws LogUnavailableException if a file cannot be read
   */
  public static AuditResult of(List<AuditedLog> logs, List<VerifierKey> keys)
      throws LogUnavailableException {
    OfflineAudit audit = new OfflineAudit();
    for (AuditedLog log : logs) {
      audit.open(log);
    }
    WitnessAudit witnesses = new WitnessAudit(audit.opened, audit.findings, audit.unchecked);
    witnesses.askForRoots();
    // Journals say at which sizes the ledgers' roots are wanted.
    for (OpenedLog one : audit.of(AuditedLog.Kind.COORDINATOR)) {
      audit.readJournal(one);
    }
    for (OpenedLog one : audit.of(AuditedLog.Kind.NODE)) {
      audit.readLedger(one);
    }
    audit.judgeEvidence(keys);
    List<LogResult> results = new ArrayList<>();
    for (OpenedLog one : audit.opened.values()) {
      results.add(audit.result(one, witnesses.cosigners(one)));
    }
    witnesses.holdAgainstWhatWasSeen();
    for (OpenedLog one : audit.of(AuditedLog.Kind.COORDINATOR)) {
      for (Map.Entry<String, StudyPart> study : one.journal.studies().entrySet()) {
        audit.crossCheck(one, study.getKey(), study.getValue());
      }
    }
    return new AuditResult(
        results, audit.findings, List.copyOf(audit.unchecked), audit.uncheckable);
  }

  private List<OpenedLog> of(AuditedLog.Kind kind) {
    return opened.values().stream().filter(one -> one.source.kind() == kind).toList();
  }

  private void open(AuditedLog log) throws LogUnavailableException {
    try {
      OpenedLog one = OpenedLog.open(log, findings);
      if (opened.putIfAbsent(one.log, one) != null) {
        add(log.source(), -1, Kind.MALFORMED, "a log must be given once: " + one.log);
      }
    } catch (MalformedLogException e) {
      add(log.source(), -1, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void readJournal(OpenedLog one) throws LogUnavailableException {
    RecordCodec<JournalEntry> codec = new RecordCodec<>(new JournalFormat());
    read(one, (index, payload) -> {
      try {
        JournalEntry entry = codec.decode(payload).entry();
        one.journal.broken(entry).forEach(rule -> add(one.log, index, Kind.JOURNAL, rule));
        one.journal.apply(entry);
        if (entry instanceof Receive receive) {
          OpenedLog ledger = opened.get(receive.release().origin());
          if (ledger != null) {
            ledger.sizes.add(receive.release().size());
            ledger.wantedAnswers.add(receive.release().charge());
          }
        }
      } catch (MalformedLogException e) {
        add(one.log, index, Kind.MALFORMED, String.valueOf(e.getMessage()));
      }
    });
  }

  private void readLedger(OpenedLog one) throws LogUnavailableException {
    read(one, one.ledger::next);
    Map<Long, Release> missing = new TreeMap<>();
    one.ledger.releases().values().stream()
        .filter(release -> !release.hidden())
        .forEach(release -> missing.put(release.charge().index(), release));
    if (!one.source.hasAnswers()) {
      if (!missing.isEmpty()) {
        unchecked.add("answers of " + one.log + ": they were not handed over");
      }
      return;
    }
    try {
      one.source.forEachAnswer((charge, block) -> {
        Release release = missing.get(charge);
        if (release == null) {
          add(one.log, charge, Kind.ANSWER, "answer must have a release: that of charge " + charge);
        } else if (block != null && matches(release, block)) {
          missing.remove(charge);
          if (one.wantedAnswers.contains(charge)) {
            one.answers.put(charge, block);
          }
        }
      });
    } catch (MalformedLogException e) {
      add(one.log, -1, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
    missing.forEach((charge, release) -> add(
        one.log,
        release.index(),
        Kind.ANSWER,
        "released answer of charge " + charge
            + " must be there, with the shape and digest of its release, " + release.answer()));
  }

  private void judgeEvidence(List<VerifierKey> keys) throws LogUnavailableException {
    EvidenceAudit evidence = new EvidenceAudit(findings, unchecked);
    for (OpenedLog one : opened.values()) {
      for (AuditResult.KeySpan span : one.keySpans) {
        evidence.know(one.log, span.rawKey());
      }
    }
    keys.forEach(key -> evidence.know(key.name(), key.publicKey()));
    for (OpenedLog one : of(AuditedLog.Kind.NODE)) {
      evidence.judge(one);
    }
  }

  private static boolean matches(Release release, LabelBlock block) {
    return block.count() == release.charge().outputs()
        && block.classes() == release.width()
        && block.digest().equals(release.answer());
  }

  private void read(OpenedLog one, LogCheck.PayloadVisitor visitor) throws LogUnavailableException {
    try {
      LogCheck check = new LogCheck(one.log, VerifierKey.parse(one.key), one.sizes, findings);
      check.read(one.source, visitor);
      one.keySpans = check.keys();
      one.roots = check.roots();
      one.size = check.size();
      one.dates = check.dates();
      for (LogFault fault : one.source.faults()) {
        add(one.log, fault.index(), Kind.MALFORMED, fault.message());
      }
    } catch (MalformedLogException e) {
      add(one.log, -1, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private LogResult result(OpenedLog one, List<Witnessed> witnesses) {
    boolean isLedger = one.source.kind() == AuditedLog.Kind.NODE;
    return new LogResult(
        one.source.kind(),
        one.log,
        one.keySpans,
        one.size,
        one.dates,
        witnesses,
        isLedger ? Optional.of(one.ledger) : Optional.empty(),
        isLedger ? Optional.empty() : Optional.of(one.journal));
  }

  private void crossCheck(OpenedLog journal, String name, StudyPart study)
      throws LogUnavailableException {
    Optional<StudyPlan> plan = plan(journal, study.plan());
    boolean secure = plan.isPresent() && plan.get().privacy().aggregation() == Aggregation.SECURE;
    boolean complete = plan.isPresent();
    Map<Place, LabelBlock> answers = new HashMap<>();
    for (Receive receive : study.received()) {
      OpenedLog ledger = opened.get(receive.release().origin());
      if (ledger == null || ledger.source.kind() != AuditedLog.Kind.NODE) {
        unchecked.add("what " + receive.place().node() + " sent for study " + name
            + ": its ledger was not given");
        complete = false;
        continue;
      }
      Optional<Release> release = crossCheck(journal, study, plan, receive, ledger);
      LabelBlock answer = ledger.answers.get(receive.release().charge());
      complete &= release.isPresent() && (secure || answer != null);
      if (answer != null) {
        answers.put(receive.place(), answer);
      }
    }
    if (study.aggregate().isPresent()) {
      if (complete && secure) {
        uncheckable.add(
            "sums of study " + name + ": the answers were added up under masks, so that"
                + " nobody can add them up again; that they were charged for, and released to it, was checked");
      } else if (complete && plan.isPresent()) {
        checkSums(journal, name, study.aggregate().get(), plan.get(), answers);
      } else {
        unchecked.add("sums of study " + name + ": not all answers and the plan were given");
      }
    }
  }

  /** The release that a received block names, if the node's ledger holds it so. */
  private Optional<Release> crossCheck(
      OpenedLog journal,
      StudyPart study,
      Optional<StudyPlan> plan,
      Receive receive,
      OpenedLog ledger) {
    JournalEntry.ProvenRelease proven = receive.release();
    String what = "labels received from " + receive.place().node() + " at sample "
        + receive.place().firstSample() + " of study " + receive.study();
    if (!proven.root().equals(ledger.roots.get(proven.size()))) {
      add(
          ledger.log,
          proven.release(),
          Kind.CROSS_CHECK,
          what + " were proven in a tree of " + proven.size() + " entries with root "
              + proven.root() + ", which this ledger must have had: "
              + ledger.roots.get(proven.size()));
    }
    Release release = ledger.ledger.releases().get(proven.release());
    if (release == null
        || release.charge().index() != proven.charge()
        || !release.answer().equals(receive.answer())) {
      add(
          ledger.log,
          proven.release(),
          Kind.CROSS_CHECK,
          what + " must be the release of charge " + proven.charge() + " with digest "
              + receive.answer());
      return Optional.empty();
    }
    LedgerEvent.Charge charge = release.charge();
    boolean asked = charge.campaign().equals(study.plan())
        && charge.outputs() == receive.place().count()
        && charge.coordinatorKey().equals(journal.keys.digest())
        && ledger.log.endsWith("/" + receive.place().node())
        && (plan.isEmpty()
            || charge
                .batch()
                .equals(batch(plan.get().transferSetRef().manifest(), receive.place())));
    if (!asked) {
      add(
          ledger.log,
          charge.index(),
          Kind.CROSS_CHECK,
          what + " must have been charged for that study, those samples and this coordinator");
    }
    return Optional.of(release);
  }

  private static Digest batch(Digest transferSet, Place place) {
    TreeMap<String, String> fields = new TreeMap<>();
    fields.put("transferSet", transferSet.hex());
    fields.put("firstSample", Long.toString(place.firstSample()));
    fields.put("count", Integer.toString(place.count()));
    return Digest.of(CanonicalJson.encode(fields));
  }

  private void checkSums(
      OpenedLog journal,
      String name,
      JournalEntry.Aggregate aggregate,
      StudyPlan plan,
      Map<Place, LabelBlock> answers) {
    int classes = StudyNoise.width(plan);
    long[] sums = new long[Math.multiplyExact(plan.queries().limit(), classes)];
    for (Map.Entry<Place, LabelBlock> answer : answers.entrySet()) {
      int[] values = answer.getValue().values();
      long from = answer.getKey().firstSample() * classes;
      if (answer.getValue().classes() != classes || from + values.length > sums.length) {
        add(journal.log, -1, Kind.CROSS_CHECK, "labels must fit the plan: " + answer.getKey());
        return;
      }
      for (int i = 0; i < values.length; i++) {
        sums[(int) from + i] = Math.addExact(sums[(int) from + i], values[i]);
      }
    }
    Digest expected = SumsDigest.of(classes, sums);
    if (!aggregate.sums().equals(expected)) {
      add(
          journal.log,
          -1,
          Kind.CROSS_CHECK,
          "sums of study " + name + " must be those of the answers that the ledgers released, "
              + expected + ": " + aggregate.sums());
    }
  }

  private Optional<StudyPlan> plan(OpenedLog journal, Digest digest)
      throws LogUnavailableException {
    try {
      Optional<byte[]> json = journal.source.plan(digest);
      if (json.isEmpty()) {
        unchecked.add("plan " + digest + ": it was not given");
        return Optional.empty();
      }
      if (!Digest.of(json.get()).equals(digest)) {
        add(journal.log, -1, Kind.MALFORMED, "plan must have the digest " + digest);
        return Optional.empty();
      }
      return Optional.of(StudyPlans.readCanonical(json.get()));
    } catch (MalformedLogException | InvalidConfigException e) {
      add(journal.log, -1, Kind.MALFORMED, "plan " + digest + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private void add(String log, long index, Kind kind, String message) {
    findings.add(new AuditFinding(log, index, kind, message));
  }
}
