package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.KeySpan;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.AuditResult.Witnessed;
import dev.retort.auditor.LedgerFold.Release;
import dev.retort.config.InvalidConfigException;
import dev.retort.journal.JournalEntry;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalFormat;
import dev.retort.journal.JournalState;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.journal.SumsDigest;
import dev.retort.label.LabelBlock;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.RecordCodec;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
  private final Map<String, Opened> opened = new LinkedHashMap<>();

  /** A log with its key and, once it was read, what it holds. */
  private static final class Opened {
    final AuditedLog source;
    final String key;
    final PublicKeys keys;
    final String log;
    final Set<Long> sizes = new HashSet<>();
    final Set<Long> wantedAnswers = new HashSet<>();
    final Map<Long, LabelBlock> answers = new HashMap<>();
    final List<Cosigned> cosigned = new ArrayList<>();
    final JournalState journal = new JournalState();
    final LedgerFold ledger;
    List<KeySpan> keySpans;
    Map<Long, Digest> roots = Map.of();
    Optional<AuditResult.Dates> dates = Optional.empty();
    long size;

    Opened(AuditedLog source, String key, List<AuditFinding> findings)
        throws MalformedLogException {
      this.source = source;
      this.key = key;
      this.keys = PublicKeys.of(key);
      this.keySpans = List.of(new KeySpan(key, 0));
      this.log = keys.name();
      this.ledger = new LedgerFold(log, findings);
    }

    List<VerifierKey> witnessKeys() {
      List<VerifierKey> all = new ArrayList<>();
      try {
        for (KeySpan span : keySpans) {
          all.add(PublicKeys.of(span.key()).witness());
        }
      } catch (MalformedLogException e) {
        throw new IllegalStateException("keys must be those that were read: " + keySpans, e);
      }
      return all;
    }
  }

  private record Cosigned(SignedNote note, Checkpoint checkpoint) {}

  private OfflineAudit() {}

  /**
   * Audits logs.
   *
   * @param logs at most one of each origin
   * @throws LogUnavailableException if a file cannot be read
   */
  public static AuditResult of(List<AuditedLog> logs) throws LogUnavailableException {
    OfflineAudit audit = new OfflineAudit();
    for (AuditedLog log : logs) {
      audit.open(log);
    }
    // Journals say at which sizes the ledgers' roots are wanted.
    for (Opened one : audit.of(AuditedLog.Kind.COORDINATOR)) {
      audit.readJournal(one);
    }
    for (Opened one : audit.of(AuditedLog.Kind.NODE)) {
      audit.readLedger(one);
    }
    List<LogResult> results = new ArrayList<>();
    for (Opened one : audit.opened.values()) {
      results.add(audit.result(one));
    }
    for (Opened one : audit.of(AuditedLog.Kind.COORDINATOR)) {
      for (Map.Entry<String, StudyPart> study : one.journal.studies().entrySet()) {
        audit.crossCheck(one, study.getKey(), study.getValue());
      }
    }
    return new AuditResult(results, audit.findings, List.copyOf(audit.unchecked));
  }

  private List<Opened> of(AuditedLog.Kind kind) {
    return opened.values().stream().filter(one -> one.source.kind() == kind).toList();
  }

  private void open(AuditedLog log) throws LogUnavailableException {
    try {
      Opened one = new Opened(log, log.key(), findings);
      for (String text : log.cosigned()) {
        SignedNote note = SignedNote.parse(text);
        Cosigned cosigned = new Cosigned(note, Checkpoint.parse(note.text()));
        one.cosigned.add(cosigned);
        one.sizes.add(cosigned.checkpoint().size());
      }
      if (opened.putIfAbsent(one.log, one) != null) {
        add(log.source(), -1, Kind.MALFORMED, "a log must be given once: " + one.log);
      }
    } catch (MalformedLogException e) {
      add(log.source(), -1, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void readJournal(Opened one) throws LogUnavailableException {
    RecordCodec<JournalEntry> codec = new RecordCodec<>(new JournalFormat());
    read(one, (index, payload) -> {
      try {
        JournalEntry entry = codec.decode(payload).entry();
        one.journal.broken(entry).forEach(rule -> add(one.log, index, Kind.JOURNAL, rule));
        one.journal.apply(entry);
        if (entry instanceof Receive receive) {
          Opened ledger = opened.get(receive.release().origin());
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

  private void readLedger(Opened one) throws LogUnavailableException {
    read(one, one.ledger::next);
    if (!one.source.hasAnswers()) {
      unchecked.add("answers of " + one.log + ": they were not handed over");
      return;
    }
    Map<Long, Release> missing = new TreeMap<>();
    one.ledger
        .releases()
        .values()
        .forEach(release -> missing.put(release.charge().index(), release));
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

  private static boolean matches(Release release, LabelBlock block) {
    return block.count() == release.charge().outputs()
        && block.classes() == release.width()
        && block.digest().equals(release.answer());
  }

  private void read(Opened one, LogCheck.PayloadVisitor visitor) throws LogUnavailableException {
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

  private LogResult result(Opened one) {
    boolean isLedger = one.source.kind() == AuditedLog.Kind.NODE;
    return new LogResult(
        one.source.kind(),
        one.log,
        one.keySpans,
        one.size,
        one.dates,
        witnesses(one),
        isLedger ? Optional.of(one.ledger) : Optional.empty(),
        isLedger ? Optional.empty() : Optional.of(one.journal));
  }

  private List<Witnessed> witnesses(Opened one) {
    Map<String, Long> sizes = new TreeMap<>();
    for (Cosigned cosigned : one.cosigned) {
      Checkpoint seen = cosigned.checkpoint();
      if (!seen.origin().equals(one.log)) {
        add(one.log, -1, Kind.WITNESS, "cosigned checkpoint must be this log's: " + seen.origin());
        continue;
      }
      if (seen.size() > one.size) {
        add(
            one.log,
            -1,
            Kind.WITNESS,
            "log must hold all that was witnessed, " + seen.size()
                + " entries; its tail was cut off: " + one.size);
      } else if (!seen.root().equals(one.roots.get(seen.size()))) {
        add(
            one.log,
            -1,
            Kind.WITNESS,
            "log must begin with what was witnessed at size " + seen.size() + ", root "
                + seen.root() + "; it was forked: " + one.roots.get(seen.size()));
      }
      for (SignedNote.SignatureLine line : cosigned.note().signatures()) {
        cosigner(one, cosigned, line.name())
            .ifPresent(witness -> sizes.merge(witness, seen.size(), Math::max));
      }
    }
    if (sizes.isEmpty()) {
      unchecked.add("witnesses of " + one.log + ": no checkpoint cosigned by a log given here");
    }
    return sizes.entrySet().stream()
        .map(size -> new Witnessed(size.getKey(), size.getValue()))
        .toList();
  }

  private Optional<String> cosigner(Opened one, Cosigned cosigned, String name) {
    Opened witness = opened.get(name);
    if (name.equals(one.log)) {
      return Optional.empty();
    }
    if (witness == null) {
      unchecked.add("cosignatures of " + name + ": its own log, and so its key, was not given");
      return Optional.empty();
    }
    // A cosignature does not say at which entry of the witness's own log it was made, so each key
    // that
    // log ever had will do.
    if (witness.witnessKeys().stream().anyMatch(cosigned.note()::isSignedBy)) {
      return Optional.of(name);
    }
    add(
        one.log,
        -1,
        Kind.WITNESS,
        "cosignature of " + name + " at size " + cosigned.checkpoint().size() + " must verify");
    return Optional.empty();
  }

  private void crossCheck(Opened journal, String name, StudyPart study)
      throws LogUnavailableException {
    Optional<StudyPlan> plan = plan(journal, study.plan());
    boolean complete = plan.isPresent();
    Map<Place, LabelBlock> answers = new HashMap<>();
    for (Receive receive : study.received()) {
      Opened ledger = opened.get(receive.release().origin());
      if (ledger == null || ledger.source.kind() != AuditedLog.Kind.NODE) {
        unchecked.add("what " + receive.place().node() + " sent for study " + name
            + ": its ledger was not given");
        complete = false;
        continue;
      }
      Optional<Release> release = crossCheck(journal, study, plan, receive, ledger);
      LabelBlock answer = ledger.answers.get(receive.release().charge());
      complete &= release.isPresent() && answer != null;
      if (answer != null) {
        answers.put(receive.place(), answer);
      }
    }
    if (study.aggregate().isPresent()) {
      if (complete && plan.isPresent()) {
        checkSums(journal, name, study.aggregate().get(), plan.get(), answers);
      } else {
        unchecked.add("sums of study " + name + ": not all answers and the plan were given");
      }
    }
  }

  /** The release that a received block names, if the node's ledger holds it so. */
  private Optional<Release> crossCheck(
      Opened journal, StudyPart study, Optional<StudyPlan> plan, Receive receive, Opened ledger) {
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
    LedgerFold.Charge charge = release.charge();
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
      Opened journal,
      String name,
      JournalEntry.Aggregate aggregate,
      StudyPlan plan,
      Map<Place, LabelBlock> answers) {
    int classes = plan.labelSpace().size();
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

  private Optional<StudyPlan> plan(Opened journal, Digest digest) throws LogUnavailableException {
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
