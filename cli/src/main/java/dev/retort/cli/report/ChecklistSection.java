package dev.retort.cli.report;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult;
import dev.retort.cli.report.Html.Column;
import java.util.ArrayList;
import java.util.List;

/** The questions that NIST SP 800-226 teaches to ask of a promise of differential privacy, and what these logs answer. */
final class ChecklistSection {

  private final Html page;
  private final AuditResult result;
  private final boolean ledgers;
  private final boolean journals;
  private final List<List<Markup>> rows = new ArrayList<>();

  private ChecklistSection(Html page, AuditResult result) {
    this.page = page;
    this.result = result;
    this.ledgers = result.logs().stream().anyMatch(log -> log.ledger().isPresent());
    this.journals = result.logs().stream().anyMatch(log -> log.journal().isPresent());
  }

  static void write(Html page, AuditResult result) {
    new ChecklistSection(page, result).write();
  }

  private void write() {
    page.section("checklist", "Checklist after NIST SP 800-226");
    page.paragraph(
        "NIST Special Publication 800-226, <cite>Guidelines for Evaluating Differential Privacy Guarantees</cite> (2025), names"
            + " what a promise of differential privacy rests on, from \u03b5 at the top of a pyramid down to how data is"
            + " collected. The rows follow its topics; wording and answers are Retort\u2019s own, and NIST has reviewed neither.");
    page.add(
        "<p class=\"note\"><strong>What no offline audit can see.</strong> These logs show what was asked, at what price, and"
            + " what left. They do not show that noise was honestly drawn, that the program which ran was Retort, or that"
            + " nothing left a site by another way. A site that wanted to deceive could write a flawless ledger and release"
            + " exact answers. That can be excluded only at the site, or by attested hardware.</p>");
    page.paragraph(
        "<strong>Checked here</strong>: this audit tested what is said beside it, on these logs. <strong>Partly checked</strong>:"
            + " it tested that part of what Retort does. <strong>Stated, not checked</strong>: the program or its owner says so. <strong>Cannot be seen"
            + " offline</strong>: no log could show it.");
    promise();
    table("The promise");
    mechanism();
    table("The mechanism and its account");
    surroundings();
    table("What surrounds it");
    page.endSection();
  }

  private void promise() {
    row(
        "\u03b5 and \u03b4",
        "One promise (\u03b5, \u03b4) for each data set and unit, written down before the first answer and never raised."
            + " Whether its size is right for these people is a judgement that no program makes.",
        Evidence.ofRules(result, ledgers, List.of(Kind.POLICY, Kind.OVER_BUDGET)),
        "That each budget in \u03c1 keeps its \u03b5 at its \u03b4 was computed anew, and that no total exceeds it.");
    row(
        "Unit of privacy",
        "What the site named: a person, a household, or else a record. All that one unit contributed is protected together.",
        Evidence.UNSEEN,
        "The ledger holds the unit\u2019s name. Whether one name stands for one person, and every person has one name, only the"
            + " site knows.");
    row(
        "Neighbouring data sets",
        "They differ by replacing all that one unit contributed; adding and removing a unit is covered, since the number of"
            + " parts is fixed and public.",
        Evidence.ofPart(result, ledgers, List.of(Kind.MALFORMED)),
        "Every policy says so. That the program splits records by a keyed function of the unit alone does not show.");
    row(
        "Whole institutions",
        "Not protected: that a site takes part, and how it answers on the whole, is not hidden.",
        Evidence.STATED,
        "It is no part of the promise.");
  }

  private void mechanism() {
    row(
        "Sensitivity and bounds on contributions",
        "Each unit can change at most one model\u2019s answer (or as many as the policy says), and each answer is whole numbers"
            + " within a public bound, enforced before they are added up. Sensitivity follows from that; nobody types it in.",
        Evidence.ofPart(result, ledgers, List.of(Kind.CAMPAIGN, Kind.QUERY)),
        "The sensitivity was derived anew from each mechanism\u2019s parameters. That answers kept within the bound does not"
            + " show.");
    row(
        "Composition and accounting",
        "Every answer is charged before it is computed, to a zCDP filter that holds under adaptive questions. Nothing is"
            + " refunded; parallel composition is not used.",
        Evidence.ofRules(
            result,
            ledgers,
            List.of(
                Kind.COST, Kind.SPENT, Kind.QUOTA, Kind.REFUSAL, Kind.RELEASE, Kind.OVER_BUDGET)),
        "Each cost, running total, quota, refusal, and the pairing of releases with charges were computed anew, by arithmetic"
            + " that shares nothing with the node\u2019s. An answer that left without being written down does not show.");
    row(
        "Randomness",
        "Noise comes from AES-256 in counter mode under a secret key of the node, a separate stream for each charge.",
        Evidence.UNSEEN,
        "A ledger shows that a charge was made, not that noise was drawn. Whoever holds the noise key can remove the noise.");
    row(
        "Floating-point vulnerabilities",
        "Between the whole-number label of each model and the answer that leaves there is no floating-point number, and noise"
            + " is drawn exactly.",
        Evidence.STATED,
        "It is a property of the program, held by its tests.");
    row(
        "Sampling",
        "No privacy is claimed from sampling records or from shuffling, so none can be lost if it fails.",
        Evidence.ofRules(result, ledgers, List.of(Kind.COST)),
        "Every charge is at the full price.");
    row(
        "Released answers",
        "What was released is what was charged for, and no more.",
        answers(),
        "Where answers were handed over, their shapes and digests were compared with the releases. That no other answer left"
            + " does not show.");
    row(
        "What the coordinator used",
        "A coordinator takes in no answer without proof of its charge and release in the node\u2019s ledger.",
        journals
            ? Evidence.ofPart(result, true, List.of(Kind.JOURNAL, Kind.CROSS_CHECK))
            : new Evidence("Not checked: no journal given", "unseen"),
        "Received answers were held against the ledgers that were given. What a coordinator did not write down does not show.");
    row(
        "Utility and bias",
        "Noise costs accuracy, and small groups the most: a class with few records is drowned first.",
        Evidence.UNSEEN,
        "No log holds how good the student model is, or for whom. The study\u2019s owner must measure it on public or consented"
            + " data.");
  }

  private void surroundings() {
    row(
        "Trust model",
        "Each site is trusted with its own records and adds its own noise before anything leaves it: a local model between"
            + " institutions, a central one within each. Neither coordinator nor other sites are trusted; in a secure sum a"
            + " site counts on the noise of as many others as its mechanism says.",
        Evidence.STATED,
        "The order of charge and release shows; that noise came between them does not.");
    row(
        "Tampering, rollback and forks",
        "Entries are signed, chained, and summed up in a tree whose summary other parties sign as witnesses.",
        integrity(),
        "Signatures, order, chain, summaries and given cosignatures were verified. Entries that no witness has signed for are"
            + " marked under Witnesses.");
    row(
        "Side channels and timing",
        "Answers leave on ticks of a clock; noise is drawn ahead; messages and dates are public numbers alone. The duration of"
            + " training is not hidden.",
        Evidence.UNSEEN,
        "Dates in the logs are whole minutes. A co-tenant of the machine sees more than the network does.");
    row(
        "Security and access control",
        "Mutual TLS, keys in files that only the node can read, and a site\u2019s own list of approved plans.",
        Evidence.UNSEEN,
        "Who can read a site\u2019s disks, records and keys is for the site to show.");
    row(
        "Data collection exposure",
        "Retort reads records where they are and moves none. It does nothing for how they were collected or are kept.",
        Evidence.UNSEEN,
        "Records, models of the site and exact answers are unprotected inside the site.");
    row(
        "One person in several data sets",
        "Losses add up across data sets and sites.",
        Evidence.UNSEEN,
        "No log holds who a person is; what it would cost is tabled above.");
    row(
        "Choices made by looking",
        "Settings come from the plan. If somebody chose them by looking at private records, that choice is outside the account.",
        Evidence.UNSEEN,
        "It happens before there is a log.");
    row(
        "Public samples",
        "The samples that are labelled are public. Nothing protects whoever is in them.",
        Evidence.STATED,
        "The plan names them by digest.");
  }

  private Evidence answers() {
    boolean withheld = result.unchecked().stream().anyMatch(line -> line.startsWith("answers of "));
    Evidence all = Evidence.ofRules(result, ledgers, List.of(Kind.ANSWER, Kind.RELEASE));
    return withheld && all.style().equals("checked")
        ? new Evidence("Partly checked: answers were withheld", "stated")
        : all;
  }

  private Evidence integrity() {
    Evidence all = Evidence.ofRules(
        result,
        !result.logs().isEmpty(),
        List.of(
            Kind.MALFORMED,
            Kind.SIGNATURE,
            Kind.ROTATION,
            Kind.RETIRED_KEY,
            Kind.SEQUENCE,
            Kind.CHECKPOINT,
            Kind.SUM_REFUSAL,
            Kind.EVIDENCE,
            Kind.WITNESS));
    boolean witnessed = result.logs().stream()
        .allMatch(log -> log.witnesses().stream().anyMatch(one -> one.size() == log.entries()));
    return !witnessed && all.style().equals("checked")
        ? new Evidence("Partly checked: not all was witnessed", "stated")
        : all;
  }

  private void row(String topic, String what, Evidence evidence, String detail) {
    rows.add(List.of(
        Markup.text(topic),
        Markup.text(what),
        Markup.of(
            "<span class=\"mark {}\">{}</span><br>{}", evidence.style(), evidence.word(), detail)));
  }

  private void table(String caption) {
    page.table(
        Markup.text(caption),
        List.of(
            Column.words("Topic"),
            Column.words("What Retort does"),
            Column.words("Evidence in these logs")),
        rows);
    rows.clear();
  }
}
