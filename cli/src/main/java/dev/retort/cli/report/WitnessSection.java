package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.KeySpan;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.AuditResult.Witnessed;
import dev.retort.cli.report.Html.Column;
import java.util.ArrayList;
import java.util.List;

/** Who else saw these logs, whose keys they are, and how to do this audit again. */
final class WitnessSection {

  private WitnessSection() {}

  static void write(Html page, AuditResult result) {
    page.section("witnesses", "Witnesses");
    page.paragraph(
        "A witness signs the summary of a log as it saw it, and refuses to sign another history of the same log. So the"
            + " entries up to the size that it signed are those that it was shown: the owner cannot have cut, changed or"
            + " replaced them since, unless owner and witness are in it together. A witness does not look at what the entries"
            + " say. Entries beyond that size rest on the owner\u2019s word alone.");
    List<List<Markup>> rows = new ArrayList<>();
    for (LogResult log : result.logs()) {
      for (Witnessed one : log.witnesses()) {
        long beyond = log.entries() - one.size();
        rows.add(List.of(
            Markup.code(log.origin()),
            Markup.code(one.witness()),
            Markup.of("{} of {}", Words.count(one.size()), Words.count(log.entries())),
            Markup.text(beyond <= 0 ? "none" : "the last " + Words.count(beyond))));
      }
      if (log.witnesses().isEmpty()) {
        rows.add(List.of(
            Markup.code(log.origin()),
            Markup.text("nobody whose key is known here"),
            Markup.of("0 of {}", Words.count(log.entries())),
            Markup.text("all")));
      }
    }
    if (rows.isEmpty()) {
      page.paragraph("No log was read.");
    } else {
      page.table(
          Markup.text("Entries that a witness signed for"),
          List.of(
              Column.words("Log"),
              Column.words("Witness"),
              Column.number("Entries signed for"),
              Column.words("Entries on the owner\u2019s word alone")),
          rows);
    }
    page.endSection();
  }

  static void writeKeys(Html page, AuditResult result) {
    page.section("keys", "Keys to compare");
    page.paragraph(
        "All signatures were checked with the keys that came with the logs. That proves that each log was written by the holder"
            + " of its key, not who that is. Ask each owner for the fingerprint by a way that you trust and that did not"
            + " carry the logs, such as a telephone number you knew before, and compare all of it.");
    boolean rotated = result.logs().stream().anyMatch(log -> log.keys().size() > 1);
    if (rotated) {
      page.paragraph(
          "A log that changed its key is listed once for each. The change is an entry that the old and the new key signed, so"
              + " that the newest fingerprint vouches for the others: compare that one.");
    }
    List<List<Markup>> rows = new ArrayList<>();
    for (LogResult log : result.logs()) {
      for (int i = 0; i < log.keys().size(); i++) {
        KeySpan span = log.keys().get(i);
        long end = i + 1 < log.keys().size() ? log.keys().get(i + 1).first() : log.entries();
        rows.add(List.of(
            Markup.code(log.origin()),
            Words.grouped(span.fingerprint()),
            Markup.text(
                end <= span.first()
                    ? "none yet"
                    : Words.count(span.first()) + " to " + Words.count(end - 1)),
            Markup.key(span.key())));
      }
    }
    if (!rows.isEmpty()) {
      page.table(
          Markup.text("Keys of the logs"),
          List.of(
              Column.words("Log"),
              Column.words("Fingerprint: SHA-256 of the raw Ed25519 public key"),
              Column.words("Entries that it signs"),
              Column.words("Key as the log gives it")),
          rows);
    }
    page.endSection();
  }

  static void writeAgain(Html page, AuditResult result) {
    page.section("again", "How to check this again");
    page.paragraph(
        "Everything on this page follows from the exported logs. Whoever has them can redo it, on a computer without a network"
            + " and without a database; all that is needed is Retort of this version or a later one, and Java 17. Put each"
            + " log\u2019s export into a directory of its own and name all of them, so that they are also held against each"
            + " other:");
    page.add(
        "<pre><code>retort audit verify DIR...\nretort audit report DIR... -o report.html</code></pre>");
    page.paragraph(
        "The first command exits with code 0 if everything holds, and otherwise names each finding; with {} it prints them for"
            + " programs. The second writes this page; the same logs give the same page, to the last byte. An owner makes an"
            + " export of a log with {}.",
        Markup.code("--json"),
        Markup.code("retort ledger export DIR"));
    page.list(List.of(
        Markup.text(
            "Compare the names, sizes and fingerprints on this page with those that you find."),
        Markup.text(
            "Ask for an export of your own from each owner, rather than for a copy of somebody else\u2019s."),
        Markup.of(
            "A later export must begin with these {}: {} says whether it does.",
            Words.count(result.entries(), "entry", "entries"),
            Markup.code("retort ledger diff"))));
    page.endSection();
  }
}
