package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.LedgerEvent.Burn;
import dev.retort.auditor.LedgerEvent.Charge;
import dev.retort.auditor.LedgerEvent.Refusal;
import dev.retort.auditor.LedgerEvent.Release;
import dev.retort.auditor.LedgerEvent.Rotation;
import dev.retort.auditor.LedgerEvent.SumRefusal;
import dev.retort.auditor.LedgerFold;
import dev.retort.cli.report.Html.Column;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalState;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was refused, and what breaks no rule and yet deserves an explanation. */
final class EventSection {

  private static final int MOST_ROWS = 200;
  private static final int MOST_INDEXES = 10;

  private EventSection() {}

  static void writeRefusals(Html page, AuditResult result) {
    page.section("refusals", "Refusals");
    page.paragraph(
        "A query that a budget or a quota did not cover. Nothing was computed and nothing was spent. Whether a query is"
            + " admitted depends on public numbers alone, so that a refusal tells nothing of the records.");
    List<List<Markup>> rows = new ArrayList<>();
    for (LogResult log : result.logs()) {
      for (Refusal one : log.ledger().map(LedgerFold::refusals).orElse(List.of())) {
        rows.add(List.of(
            Markup.of(
                "{}, {}<br><span class=\"detail\">{}</span>",
                Markup.code(log.origin()),
                Words.count(one.index()),
                Words.minute(one.tick())),
            Markup.code(one.lineage()),
            Markup.code(one.federation()),
            Words.brief(one.campaign()),
            one.reason().equals("budget")
                ? Markup.of("budget of each {}", Markup.code(one.unit()))
                : Markup.of("coordinator\u2019s {}", one.reason()),
            Markup.text(Words.count(one.outputs())),
            Markup.text(Words.rho(one.asked())),
            Markup.text(Words.rho(one.left()))));
      }
    }
    if (rows.isEmpty()) {
      page.paragraph("No query was refused.");
    } else {
      page.longTable(
          Markup.of("{}", Words.count(rows.size(), "refusal", "refusals")),
          List.of(
              Column.words("Log, entry, time"),
              Column.words("Data set"),
              Column.words("Coordinator of"),
              Column.words("Study\u2019s plan"),
              Column.words("Limit that refused"),
              Column.number("Queries"),
              Column.number("\u03c1 asked"),
              Column.number("\u03c1 left")),
          rows,
          MOST_ROWS);
    }
    page.endSection();
  }

  static void writeAnomalies(Html page, AuditResult result) {
    page.section("anomalies", "Out of the ordinary");
    page.paragraph(
        "Nothing here breaks a rule. Each is something that its owner should be able to explain.");
    List<List<Markup>> rows = new ArrayList<>();
    for (LogResult log : result.logs()) {
      clock(rows, log);
      log.ledger().ifPresent(ledger -> {
        rotations(rows, log, ledger);
        burns(rows, log, ledger);
        pending(rows, log, ledger);
        sumRefusals(rows, log, ledger);
        parties(rows, log, ledger);
        unreceived(rows, result, log, ledger);
      });
      log.journal().ifPresent(journal -> rejected(rows, log, journal));
    }
    if (rows.isEmpty()) {
      page.paragraph("Nothing out of the ordinary was found.");
    } else {
      page.longTable(
          Markup.of("{}", Words.count(rows.size(), "observation", "observations")),
          List.of(
              Column.words("Log"),
              Column.words("What"),
              Column.words("Entries"),
              Column.words("What it can mean")),
          rows,
          MOST_ROWS);
    }
    page.endSection();
  }

  private static void add(
      List<List<Markup>> rows, LogResult log, Markup what, List<Long> entries, String meaning) {
    rows.add(List.of(
        Markup.code(log.origin()),
        what,
        Markup.text(entries.isEmpty() ? "\u2013" : Words.indexes(entries, MOST_INDEXES)),
        Markup.text(meaning)));
  }

  private static void clock(List<List<Markup>> rows, LogResult log) {
    List<Long> backwards = log.dates().map(AuditResult.Dates::backwards).orElse(List.of());
    if (!backwards.isEmpty()) {
      add(
          rows,
          log,
          Markup.of("Time goes backwards at {}", Words.count(backwards.size(), "entry", "entries")),
          backwards,
          "The machine\u2019s clock was set back. Order and budget do not depend on the clock; dates in this report do.");
    }
  }

  private static void rotations(List<List<Markup>> rows, LogResult log, LedgerFold ledger) {
    if (!ledger.rotations().isEmpty()) {
      add(
          rows,
          log,
          Markup.of("Key replaced {}", Words.count(ledger.rotations().size(), "time", "times")),
          ledger.rotations().stream().map(Rotation::index).toList(),
          "The owner replaces keys now and then, or believed that somebody else had this one. What the old key signed before"
              + " still counts, and nothing that it signed after.");
    }
  }

  private static void burns(List<List<Markup>> rows, LogResult log, LedgerFold ledger) {
    Map<String, List<Long>> byReason = new TreeMap<>();
    for (Burn burn : ledger.burned()) {
      byReason.computeIfAbsent(burn.reason(), reason -> new ArrayList<>()).add(burn.index());
    }
    byReason.forEach(
        (reason, indexes) -> add(
            rows,
            log,
            Markup.of(
                "{} given up: {}",
                Words.count(indexes.size(), "charge", "charges"),
                Markup.code(reason)),
            indexes,
            reason.equals("dataset_changed")
                ? "The records changed between charge and answer. The charge stays spent and no answer left."
                : "The answer was never computed or never completed. The charge stays spent and no answer left."));
  }

  private static void pending(List<List<Markup>> rows, LogResult log, LedgerFold ledger) {
    if (!ledger.pending().isEmpty()) {
      add(
          rows,
          log,
          Markup.of(
              "{} neither released nor given up",
              Words.count(ledger.pending().size(), "charge", "charges")),
          List.copyOf(ledger.pending().keySet()),
          "The export was made while an answer was computed, or the node stopped there. It is spent either way.");
    }
  }

  private static void sumRefusals(List<List<Markup>> rows, LogResult log, LedgerFold ledger) {
    Map<String, List<Long>> byReason = new TreeMap<>();
    for (SumRefusal refusal : ledger.sumRefusals()) {
      byReason.computeIfAbsent(refusal.reason(), reason -> new ArrayList<>()).add(refusal.index());
    }
    byReason.forEach(
        (reason, indexes) -> add(
            rows,
            log,
            Markup.of(
                "{} in secure sums: {}",
                Words.count(indexes.size(), "refusal", "refusals"),
                Markup.code(reason)),
            indexes,
            "The coordinator or a node sent what the site does not accept, and nothing left for it. The ledger names the"
                + " signed messages; two that contradict each other are a finding against whoever signed them."));
  }

  private static void parties(List<List<Markup>> rows, LogResult log, LedgerFold ledger) {
    Map<String, Set<Digest>> keys = new TreeMap<>();
    for (Charge charge : ledger.charges().values()) {
      keys.computeIfAbsent(charge.federation(), name -> new TreeSet<>())
          .add(charge.coordinatorKey());
    }
    keys.forEach((federation, digests) -> {
      if (digests.size() > 1) {
        add(
            rows,
            log,
            Markup.of(
                "Coordinator of {} came with {} keys",
                Markup.code(federation),
                Words.count(digests.size())),
            List.of(),
            "It was set up anew, or somebody else took its name. Its quota covers all its keys together.");
      }
    });
  }

  /** Releases made for a coordinator whose journal was given and does not know of them. */
  private static void unreceived(
      List<List<Markup>> rows, AuditResult result, LogResult log, LedgerFold ledger) {
    for (LogResult coordinator : result.logs()) {
      if (coordinator.journal().isPresent()) {
        Set<Long> received = received(coordinator.journal().get(), log.origin());
        Digest key = coordinator.keyDigest();
        List<Long> missing = new ArrayList<>();
        for (Release release : ledger.releases().values()) {
          if (release.charge().coordinatorKey().equals(key)
              && !received.contains(release.index())) {
            missing.add(release.index());
          }
        }
        if (!missing.isEmpty()) {
          add(
              rows,
              log,
              Markup.of(
                  "{} released for coordinator {} but not received by its journal",
                  Words.count(missing.size(), "block", "blocks"),
                  Markup.code(coordinator.origin())),
              missing,
              "Lost on the way, rejected, or used without being written down. Privacy was spent on them.");
        }
      }
    }
  }

  private static Set<Long> received(JournalState journal, String origin) {
    Set<Long> received = new HashSet<>();
    for (StudyPart study : journal.studies().values()) {
      study.received().stream()
          .map(Receive::release)
          .filter(release -> release.origin().equals(origin))
          .map(ProvenRelease::release)
          .forEach(received::add);
    }
    return received;
  }

  private static void rejected(List<List<Markup>> rows, LogResult log, JournalState journal) {
    journal.studies().forEach((name, study) -> {
      Map<String, Integer> kinds = new HashMap<>();
      for (Reject reject : study.rejected()) {
        kinds.merge(reject.place().node() + "\n" + reject.reason(), 1, Integer::sum);
      }
      new TreeMap<>(kinds)
          .forEach(
              (kind, count) -> add(
                  rows,
                  log,
                  Markup.of(
                      "{} of {} rejected in study {}: {}",
                      Words.count(count, "block", "blocks"),
                      Markup.code(kind.split("\n", 2)[0]),
                      Markup.code(name),
                      Markup.code(kind.split("\n", 2)[1])),
                  List.of(),
                  "A node sent labels without proof of a charge, or others than it was asked for. None of them was used."));
      if (!study.dropped().isEmpty()) {
        add(
            rows,
            log,
            Markup.of(
                "{} of study {} received and not counted",
                Words.count(study.dropped().size(), "block", "blocks"),
                Markup.code(name)),
            List.of(),
            "They came too late, or a crash lost them before they were stored. Their nodes had paid for them.");
      }
      if (study.failed()) {
        add(
            rows,
            log,
            Markup.of("Study {} ended without a student", Markup.code(name)),
            List.of(),
            "What it had asked by then stays spent.");
      }
    });
  }
}
