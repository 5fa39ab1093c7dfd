package dev.retort.cli.report;

import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.LedgerEvent.Campaign;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.Lineage.Unit;
import dev.retort.cli.report.Html.Column;
import dev.retort.cli.report.Html.Fact;
import dev.retort.cli.report.Losses.StudyLoss;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalState.StudyPart;
import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** Each study: what was asked with which noise, what it cost whom, and what the coordinator made of it. */
final class StudySection {

  private static final int MOST_STUDIES = 100;
  private static final int MOST_ROWS = 200;

  private StudySection() {}

  /** A study by the digest of its plan, and the names by which journals know it. */
  record Study(Digest plan, Set<String> names) {
    Markup title() {
      return names.isEmpty()
          ? Markup.of("Study with plan {}", Words.brief(plan))
          : Markup.of("Study {}", Words.names(List.copyOf(names), 5));
    }
  }

  /** All studies of all logs: those of journals first. */
  static List<Study> studies(AuditResult result) {
    Map<Digest, Set<String>> studies = new LinkedHashMap<>();
    for (LogResult log : result.logs()) {
      log.journal()
          .ifPresent(journal -> journal
              .studies()
              .forEach((name, part) -> studies
                  .computeIfAbsent(part.plan(), plan -> new LinkedHashSet<>())
                  .add(name)));
    }
    for (LogResult log : result.logs()) {
      log.ledger().ifPresent(ledger -> {
        ledger
            .campaigns()
            .forEach(one -> studies.computeIfAbsent(one.digest(), plan -> new LinkedHashSet<>()));
        ledger
            .charges()
            .values()
            .forEach(one -> studies.computeIfAbsent(one.campaign(), plan -> new LinkedHashSet<>()));
      });
    }
    return studies.entrySet().stream()
        .map(one -> new Study(one.getKey(), one.getValue()))
        .toList();
  }

  static void write(Html page, AuditResult result, Losses losses) {
    page.section("studies", "Studies");
    page.paragraph(
        "Every figure is for one unit, such as one patient, and bounds what all answers of the study tell about it together."
            + " Neighbouring data sets, between which nobody can tell, differ by replacing all that one unit contributed."
            + " Two bounds are given. <em>By the filter</em> is what the site enforced: zero-concentrated differential privacy"
            + " (zCDP), which holds however questions were chosen. <em>By the Gaussian curve</em> is tighter and for reports"
            + " alone: it holds where the number of queries was not chosen by looking at earlier answers.");
    List<Study> studies = studies(result);
    if (studies.isEmpty()) {
      page.paragraph("No log knows of a study.");
    }
    studies.stream().limit(MOST_STUDIES).forEach(study -> study(page, result, losses, study));
    if (studies.size() > MOST_STUDIES) {
      page.paragraph(
          "{} more are not shown here; their losses are in the budgets above.",
          Words.count(studies.size() - MOST_STUDIES, "study", "studies"));
    }
    page.endSection();
  }

  private static void study(Html page, AuditResult result, Losses losses, Study study) {
    page.part(study.title());
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Plan, SHA-256", Markup.key(study.plan().hex())));
    Map<String, NoiseParameters> noises = new LinkedHashMap<>();
    for (LogResult log : result.logs()) {
      log.ledger()
          .ifPresent(ledger -> noise(ledger, study.plan())
              .ifPresent(noise -> noises.put(noise.words().html(), noise)));
    }
    noises.values().forEach(noise -> facts.add(new Fact("Mechanism", noise.words())));
    page.facts(facts);
    losses(page, losses.of(study.plan()));
    collusion(page, losses.of(study.plan()));
    for (LogResult log : result.logs()) {
      log.journal()
          .ifPresent(journal -> journal.studies().forEach((name, part) -> {
            if (part.plan().equals(study.plan())) {
              journal(page, log, name, part);
            }
          }));
    }
  }

  private static Optional<NoiseParameters> noise(LedgerFold ledger, Digest plan) {
    return ledger.campaigns().stream()
        .filter(one -> one.digest().equals(plan))
        .map(Campaign::fields)
        .map(NoiseParameters::new)
        .findFirst();
  }

  private static void losses(Html page, List<StudyLoss> losses) {
    List<List<Markup>> rows = losses.stream().map(StudySection::row).toList();
    if (rows.isEmpty()) {
      page.paragraph("No ledger given here was charged for this study.");
      return;
    }
    page.longTable(
        Markup.of("What the study cost, by site, data set and unit"),
        List.of(
            Column.words("Site and data set"),
            Column.words("Unit"),
            Column.number("Queries answered"),
            Column.number("\u03c1 charged"),
            Column.number("\u03b5 by the filter"),
            Column.number("\u03b5 by the Gaussian curve"),
            Column.number("at \u03b4")),
        rows,
        MOST_ROWS);
    page.paragraph(
        "Assumptions: noise was drawn as the mechanism says and its key stayed secret; each model saw one part of the records"
            + " alone; a unit\u2019s records lie in no more parts than stated; and no setting was chosen by looking at private"
            + " records. None of these shows in a log.");
  }

  private static List<Markup> row(StudyLoss loss) {
    Unit unit = loss.unit();
    OptionalDouble gaussian = noise(loss.ledger(), loss.plan())
        .map(noise -> noise.gaussianEpsilon(unit.shards(), loss.charged(), unit.delta()))
        .orElse(OptionalDouble.empty());
    String answered = loss.answered() == loss.charged()
        ? Words.count(loss.answered())
        : Words.count(loss.answered()) + " of " + Words.count(loss.charged()) + " charged";
    return List.of(
        Markup.of(
            "{}<br>{}",
            Markup.code(loss.log().origin()),
            Markup.code(loss.lineage().name())),
        Markup.code(unit.name()),
        Markup.text(answered),
        Markup.text(Words.rho(loss.cost())),
        Markup.text(Losses.epsilonText(loss.cost(), unit.delta())),
        Markup.text(gaussian.isPresent() ? Words.above(gaussian.getAsDouble()) : Words.NO_BOUND),
        Markup.text(Words.decimal(unit.delta())));
  }

  /** Epsilon as a function of how many sites more than was assumed work with the coordinator. */
  private static void collusion(Html page, List<StudyLoss> losses) {
    List<List<Markup>> rows = new ArrayList<>();
    for (StudyLoss loss : losses) {
      NoiseParameters noise = noise(loss.ledger(), loss.plan()).orElse(null);
      int contributors = noise == null ? 1 : noise.contributors();
      for (int fewer = 0; noise != null && contributors > 1 && fewer < contributors; fewer++) {
        OptionalDouble epsilon = noise.gaussianEpsilon(
            loss.unit().shards(), loss.charged(), loss.unit().delta(), fewer);
        rows.add(List.of(
            Markup.code(loss.log().origin()),
            Markup.code(loss.unit().name()),
            Markup.text(Words.count(fewer)),
            Markup.text(Words.count(contributors - fewer)),
            Markup.text(
                epsilon.isPresent() ? Words.above(epsilon.getAsDouble()) : Words.NO_BOUND)));
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    page.longTable(
        Markup.of("What the loss is if more sites collude than was assumed"),
        List.of(
            Column.words("Site"),
            Column.words("Unit"),
            Column.number("More that collude"),
            Column.number("Noise left, of sites"),
            Column.number("\u03b5 by the Gaussian curve")),
        rows,
        MOST_ROWS);
  }

  /** What one node did for a study by the coordinator's word. */
  private static final class NodePart {
    private long asked;
    private long received;
    private long blocks;
    private final List<String> reasons = new ArrayList<>();
  }

  private static void journal(Html page, LogResult log, String name, StudyPart part) {
    TreeMap<String, NodePart> nodes = new TreeMap<>();
    part.asked()
        .forEach((asked, samples) ->
            nodes.computeIfAbsent(asked, node -> new NodePart()).asked = samples);
    for (Receive receive : part.received()) {
      NodePart node = nodes.computeIfAbsent(receive.place().node(), one -> new NodePart());
      node.received += receive.place().count();
      node.blocks++;
    }
    for (Reject reject : part.rejected()) {
      nodes
          .computeIfAbsent(reject.place().node(), node -> new NodePart())
          .reasons
          .add(reject.reason());
    }
    if (nodes.isEmpty()) {
      page.paragraph(
          "By the coordinator\u2019s journal {}, no node was asked for {}.",
          Markup.code(log.origin()),
          Markup.code(name));
    } else {
      List<List<Markup>> rows = new ArrayList<>();
      nodes.forEach((node, one) -> rows.add(List.of(
          Markup.code(node),
          Markup.text(Words.count(one.asked)),
          Markup.text(Words.count(one.received)),
          Markup.text(Words.count(one.blocks)),
          one.reasons.isEmpty()
              ? Markup.text("0")
              : Markup.of("{}: {}", one.reasons.size(), Words.names(one.reasons, 5)))));
      page.longTable(
          Markup.of(
              "What coordinator {} says it asked for and received for {}",
              Markup.code(log.origin()),
              Markup.code(name)),
          List.of(
              Column.words("Node"),
              Column.number("Queries asked"),
              Column.number("Answers received"),
              Column.number("Blocks received"),
              Column.words("Blocks rejected")),
          rows,
          MOST_ROWS);
    }
    page.paragraph("{} {}", aggregate(part), student(part));
  }

  private static Markup aggregate(StudyPart part) {
    return part.aggregate()
        .map(sums -> Markup.of(
            "The coordinator added up {}; SHA-256 of the sums {}.",
            Words.count(sums.blocks(), "block", "blocks"),
            Words.brief(sums.sums())))
        .orElse(Markup.text("Nothing was added up."));
  }

  private static Markup student(StudyPart part) {
    Markup failed = Markup.text(part.failed() ? "The study ended without a student model." : "");
    return part.model()
        .map(model -> Markup.of(
            "A student model was made of the sums, SHA-256 {}. It is computed from released answers alone and so costs no"
                + " further privacy.",
            Words.brief(model)))
        .orElse(failed);
  }
}
