package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An audit's result as one HTML page for a data-protection officer. The page needs nothing but itself: no script, no
 * picture, no font, no request. The same result gives the same page, to the last byte. Whatever a log says is escaped.
 */
public final class AuditPage {

  private record Entry(String id, String name) {}

  private static final List<Entry> CONTENTS = List.of(
      new Entry("findings", "What does not hold"),
      new Entry("unchecked", "What could not be checked"),
      new Entry("budgets", "Budgets by data set"),
      new Entry("studies", "Studies"),
      new Entry("colluding", "If nodes collude, or know the same person"),
      new Entry("refusals", "Refusals"),
      new Entry("anomalies", "Out of the ordinary"),
      new Entry("witnesses", "Witnesses"),
      new Entry("keys", "Keys to compare"),
      new Entry("again", "How to check this again"),
      new Entry("checklist", "Checklist after NIST SP 800-226"),
      new Entry("words", "Words used here"));

  private AuditPage() {}

  /**
   * The page.
   *
   * @param title what the audit was of, such as a federation's name
   * @param version the version of this software
   */
  public static String html(AuditResult result, String title, String version) {
    Html page = new Html();
    page.add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    page.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    // Even if something slipped through, a browser would load nothing and run nothing.
    page.add(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    page.add("<title>Privacy audit: {}</title>", title);
    page.add("<style>\n{}</style>\n</head>\n<body>\n<header>", new Markup(styles()));
    page.add("<p class=\"kind\">Audit of privacy ledgers, for the data-protection officer</p>");
    page.add("<h1>{}</h1>\n</header>\n<main>", title);
    SummarySection.write(page, result, version);
    page.add("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ol>");
    CONTENTS.forEach(
        entry -> page.add("<li><a href=\"#{}\">{}</a></li>", entry.id(), entry.name()));
    page.add("</ol>\n</nav>");
    Losses losses = new Losses(result);
    SummarySection.writeFindings(page, result);
    BudgetSection.write(page, result);
    StudySection.write(page, result, losses);
    ReachSection.write(page, result, losses);
    EventSection.writeRefusals(page, result);
    EventSection.writeAnomalies(page, result);
    WitnessSection.write(page, result);
    WitnessSection.writeKeys(page, result);
    WitnessSection.writeAgain(page, result);
    ChecklistSection.write(page, result);
    words(page);
    page.add(
        "</main>\n<footer>\n<p>Made by Retort {} from the logs named above and from nothing"
            + " else.</p>\n</footer>\n</body>\n</html>",
        version);
    return page.toString();
  }

  private static void words(Html page) {
    page.section("words", "Words used here");
    page.facts(List.of(
        new Html.Fact(
            "\u03b5 (epsilon) and \u03b4 (delta)",
            Markup.text(
                "The promise. Whatever may be inferred about a person from all that was released would, but for a chance of"
                    + " about \u03b4, be at most e to the power \u03b5 times as likely to come out as if that person\u2019s"
                    + " records had been replaced by any others. Smaller is more private; 0 would be nothing learnt.")),
        new Html.Fact(
            "\u03c1 (rho)",
            Markup.text(
                "The measure in which losses add up, of zero-concentrated differential privacy (zCDP). A total \u03c1 implies"
                    + " an \u03b5 for every \u03b4.")),
        new Html.Fact(
            "Unit",
            Markup.text(
                "Whose records are protected together, such as one patient or one household.")),
        new Html.Fact(
            "Data set",
            Markup.text(
                "Records under one name through all their versions (a lineage). A new version has no new budget.")),
        new Html.Fact(
            "Part",
            Markup.text(
                "A shard: the records are split by unit, and one model is trained on each part.")),
        new Html.Fact(
            "Charge, release, burn",
            Markup.text(
                "A charge takes a query\u2019s price from the budget before it is answered. A release lets one answer out for"
                    + " it. A burn gives the charge up without an answer and without a refund.")),
        new Html.Fact(
            "Ledger and journal",
            Markup.text(
                "A node\u2019s signed log of its spending, and the coordinator\u2019s of what it asked, received and made of"
                    + " it. Both can only grow."))));
    page.endSection();
  }

  private static String styles() {
    try (InputStream in = AuditPage.class.getResourceAsStream("audit-page.css")) {
      if (in == null) {
        throw new IllegalStateException("audit-page.css must be part of this program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
