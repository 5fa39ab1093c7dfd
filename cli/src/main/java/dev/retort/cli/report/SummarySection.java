package dev.retort.cli.report;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.Dates;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.AuditedLog;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage;
import dev.retort.auditor.Lineage.Unit;
import dev.retort.cli.report.Html.Column;
import dev.retort.cli.report.Html.Fact;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a reader must know who reads nothing else: the verdict, whom it concerns, and what is behind it. */
final class SummarySection {

  private static final int MOST_FINDINGS = 200;
  private static final int MOST_NAMES = 12;

  private SummarySection() {}

  /** The verdict and the facts beside it. */
  static void write(Html page, AuditResult result, String version) {
    Verdict verdict = Verdict.of(result);
    page.add(
        "<div class=\"verdict {}\" role=\"status\">\n<p class=\"ruling\"><strong>{}</strong></p>\n<p>{}</p>\n<p>{}</p>\n</div>",
        verdict.style(),
        verdict.ruling(),
        verdict.meaning(),
        new Markup(
            "No audit of logs can see whether noise was honestly drawn: <a href=\"#checklist\">what is and what is not covered</a>."));
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Logs examined", logs(result)));
    facts.add(new Fact("Period covered", period(result)));
    facts.add(new Fact("Examined by", Markup.of("Retort {}, offline", version)));
    page.facts(facts);
    promises(page, result);
  }

  /** What does not hold, and what nobody could tell. */
  static void writeFindings(Html page, AuditResult result) {
    page.section("findings", "What does not hold");
    if (result.ok()) {
      page.paragraph(
          result.logs().isEmpty()
              ? "No log could be examined, so nothing could be found."
              : "Nothing. Every rule that this audit could test on these logs holds.");
    } else {
      page.paragraph(
          "Each line is one rule that an entry or a log breaks. Until the log\u2019s owner has explained it, rely on no figure"
              + " of that log.");
      List<List<Markup>> rows = new ArrayList<>();
      for (AuditFinding finding : result.findings()) {
        rows.add(List.of(
            Markup.code(finding.log()),
            Markup.text(finding.index() < 0 ? "whole log" : Words.count(finding.index())),
            Markup.of(
                "{}<br><span class=\"detail\">{}: {}</span>",
                FindingWords.of(finding.kind()),
                Markup.code(finding.kind().name().toLowerCase(java.util.Locale.ROOT)),
                finding.message())));
      }
      page.longTable(
          Markup.of("{}", Words.count(rows.size(), "finding", "findings")),
          List.of(Column.words("Log"), Column.number("Entry"), Column.words("What does not hold")),
          rows,
          MOST_FINDINGS);
    }
    page.endSection();
    page.section("unchecked", "What could not be checked");
    if (result.unchecked().isEmpty()) {
      page.paragraph(
          "Every file that these logs call for was handed over. What no log can show is said in the {}.",
          new Markup("<a href=\"#checklist\">checklist</a>"));
    } else {
      page.paragraph(
          "A file that would have settled each of these was not handed over. That is no fault, but it is no proof either.");
      page.list(
          result.unchecked().stream().limit(MOST_FINDINGS).map(Markup::text).toList());
      if (result.unchecked().size() > MOST_FINDINGS) {
        page.paragraph("and {} more.", Words.count(result.unchecked().size() - MOST_FINDINGS));
      }
    }
    if (!result.uncheckable().isEmpty()) {
      page.paragraph("Nobody can check these, whatever is handed over:");
      page.list(
          result.uncheckable().stream().limit(MOST_FINDINGS).map(Markup::text).toList());
    }
    page.endSection();
  }

  /** One sentence, and one more to say what follows from it. */
  private record Verdict(String style, String ruling, String meaning) {

    static Verdict of(AuditResult result) {
      if (!result.ok()) {
        return new Verdict(
            "bad",
            Words.count(result.findings().size(), "finding: one rule is", "findings: rules are")
                + " broken in these logs.",
            "The figures below are what the entries add up to, as far as they can be read. Rely on none of them before the"
                + " findings are explained.");
      }
      if (result.logs().isEmpty()) {
        return new Verdict(
            "open", "Nothing was checked: no log could be read.", "This page says nothing.");
      }
      String kept = allKept(result)
          ? "By these logs no promise was exceeded."
          : "These logs hold no promise, or one that was exceeded.";
      return result.unchecked().isEmpty()
          ? new Verdict("good", "Everything that could be checked holds.", kept)
          : new Verdict(
              "part",
              "Everything that could be checked holds; "
                  + Words.count(result.unchecked().size(), "thing", "things")
                  + " could not be checked.",
              kept);
    }
  }

  private static boolean allKept(AuditResult result) {
    List<Unit> units = units(result);
    return !units.isEmpty()
        && units.stream().allMatch(unit -> unit.spent().compareTo(unit.budget()) <= 0);
  }

  private static List<Unit> units(AuditResult result) {
    return result.logs().stream()
        .flatMap(log -> log.ledger().stream())
        .flatMap(ledger -> ledger.lineages().stream())
        .flatMap(lineage -> lineage.units().stream())
        .toList();
  }

  private static void promises(Html page, AuditResult result) {
    List<List<Markup>> rows = new ArrayList<>();
    for (LogResult log : result.logs()) {
      for (Lineage lineage : log.ledger().map(LedgerFold::lineages).orElse(List.of())) {
        for (Unit unit : lineage.units()) {
          rows.add(List.of(
              Markup.of(
                  "Each {} with records in {} at {}",
                  Markup.code(unit.name()),
                  Markup.code(lineage.name()),
                  Markup.code(log.origin())),
              Markup.of(
                  "\u03b5 = {} at \u03b4 = {}",
                  Words.decimal(unit.epsilon()),
                  Words.decimal(unit.delta())),
              Markup.of("\u03b5 \u2264 {}", Losses.epsilonText(unit.spent(), unit.delta())),
              Markup.text(Words.percent(unit.spent(), unit.budget(), RoundingMode.CEILING))));
        }
      }
    }
    if (rows.isEmpty()) {
      page.paragraph("No ledger with a promise to anybody was handed over.");
      return;
    }
    page.table(
        Markup.text("Whose privacy was promised, and how much of the promise is spent"),
        List.of(
            Column.words("For whom"),
            Column.number("Promised at most"),
            Column.number("Spent"),
            Column.number("Share")),
        rows.subList(0, Math.min(MOST_NAMES, rows.size())));
    if (rows.size() > MOST_NAMES) {
      page.paragraph(
          "{} more are under Budgets by data set.", Words.count(rows.size() - MOST_NAMES));
    }
  }

  private static Markup logs(AuditResult result) {
    return lines(
        result.logs().stream()
            .map(log -> Markup.of(
                "{}, {}, {}",
                Markup.code(log.origin()),
                log.kind() == AuditedLog.Kind.NODE
                    ? "privacy ledger of a node"
                    : "journal of a coordinator",
                Words.count(log.entries(), "entry", "entries")))
            .toList(),
        "none");
  }

  private static Markup lines(List<Markup> lines, String none) {
    if (lines.isEmpty()) {
      return Markup.text(none);
    }
    StringBuilder html = new StringBuilder();
    lines.stream()
        .limit(MOST_NAMES)
        .forEach(line -> html.append("<div>").append(line.html()).append("</div>"));
    if (lines.size() > MOST_NAMES) {
      html.append("<div>and ").append(Words.count(lines.size() - MOST_NAMES)).append(" more</div>");
    }
    return new Markup(html.toString());
  }

  private static Markup period(AuditResult result) {
    List<Dates> dates =
        result.logs().stream().map(LogResult::dates).flatMap(Optional::stream).toList();
    if (dates.isEmpty()) {
      return Markup.text("none: no entry has a date");
    }
    long first = dates.stream().mapToLong(Dates::first).min().orElse(0);
    long last = dates.stream().mapToLong(Dates::last).max().orElse(0);
    return Markup.of(
        first == last
            ? "{}{}, by the logs\u2019 own clocks"
            : "{} to {}, by the logs\u2019 own clocks",
        Words.minute(first),
        first == last ? "" : Words.minute(last));
  }
}
