package dev.retort.coordinator.student;

import dev.retort.data.FeatureColumn;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.plan.ClassShares;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes model cards and reports for people and programs. */
final class ModelCardText {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** A table of thousands of columns is for programs. */
  private static final int MOST_COLUMNS = 60;

  private ModelCardText() {}

  /** {@code value} as an indented JSON object, ending in a line feed. */
  static String json(Object value) {
    return JSON.writeValueAsString(value) + "\n";
  }

  static String json(ModelCard card) {
    StudyPlan plan = card.plan();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", "retort model card/1");
    tree.put("study", plan.study());
    tree.put("planDigest", card.planDigest());
    tree.put("classes", plan.task().classes());
    Map<String, @Nullable Object> transfer = new LinkedHashMap<>();
    transfer.put("transferSet", plan.transferSet());
    transfer.put("licence", card.licence());
    transfer.put("samples", card.report().transferSamples());
    transfer.put("answered", card.report().answeredSamples());
    transfer.put("teachersView", plan.teachers().view());
    transfer.put("studentView", plan.student().view());
    tree.put("data", transfer);
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("architecture", plan.student().architecture());
    model.put("sampleShape", card.sampleShape());
    TableSchema schema = card.schema();
    model.put("reads", schema == null ? null : schema.toTree());
    model.put("parameters", card.parameters());
    model.put("training", plan.student());
    tree.put("model", model);
    tree.put("privacy", privacy(card));
    tree.put("evaluation", card.evaluation());
    tree.put("compression", card.compression());
    tree.put("distillation", card.report());
    switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN -> tree.put("teachers", plan.teachers());
      case CLASS_SUMS -> tree.put("classSums", plan.classSums());
    }
    tree.put("digests", card.digests());
    return json((Object) tree);
  }

  private static Map<String, @Nullable Object> privacy(ModelCard card) {
    StudyPlan.Privacy spent = card.plan().privacy();
    Map<String, @Nullable Object> privacy = new LinkedHashMap<>();
    privacy.put("epsilon", card.largestEpsilon());
    privacy.put("epsilonAllowed", spent.epsilon());
    privacy.put("delta", spent.delta());
    privacy.put("unit", spent.unit());
    privacy.put("adjacency", "replace-one");
    privacy.put("mechanism", spent.mechanism());
    privacy.put("aggregation", spent.aggregation());
    privacy.put("labelGrid", spent.labelGrid());
    if (card.plan().asksForHints()) {
      privacy.put("labelUnits", StudyNoise.labelUnits(card.plan()).size());
      privacy.put("hintNorm", StudyPlan.Hints.NORM);
      privacy.put("hints", card.plan().hints());
    }
    privacy.put("sigma", spent.sigma());
    privacy.put("sites", card.spending().sites());
    EarlierSpending earlier = card.spending().earlier();
    if (earlier != null) {
      Map<String, @Nullable Object> first = new LinkedHashMap<>();
      first.put("study", earlier.study());
      first.put(
          "planDigest", Digest.of(StudyPlans.canonicalBytes(earlier.plan())).hex());
      first.put("mechanism", earlier.plan().privacy().mechanism());
      first.put("sigma", earlier.plan().privacy().sigma());
      first.put("sites", earlier.sites());
      privacy.put("earlierStudy", first);
    }
    if (card.isSummedSecurely()) {
      privacy.put("contributors", SecureSums.contributors(card.plan()));
      privacy.put("epsilonIfCollude", card.epsilonIfCollude());
    }
    privacy.put("assumptions", card.assumptions());
    return privacy;
  }

  static String markdown(ModelCard card) {
    StringBuilder text = new StringBuilder();
    StudyPlan plan = card.plan();
    text.append("# Model card: ").append(inline(plan.study())).append("\n\n");
    text.append(
        switch (plan.privacy().mechanism()) {
          case DISCRETE_GAUSSIAN ->
            "A student network distilled from teachers that stayed at their sites. Only noised integer labels "
                + (plan.asksForHints()
                    ? "and hints of hidden layers, of public samples alone, "
                    : "of public samples ")
                + "left a site.\n\n";
          case CLASS_SUMS ->
            "A student network distilled from sums of records that stayed at their sites. Only noised integer "
                + "sums of public features, one for each class, left a site.\n\n";
        });
    EarlierSpending earlier = card.spending().earlier();
    if (earlier != null) {
      text.append("Noised sums of public features, which left the sites in study `")
          .append(inline(earlier.study()))
          .append("` before, went into it too.\n\n");
    }
    data(card, text);
    columns(card.schema(), text);
    privacy(card, text);
    accuracy(card, text);
    compression(card.compression(), text);
    distillation(card, text);
    text.append("## Files\n\n| file | SHA-256 |\n| --- | --- |\n");
    card.digests().forEach((file, digest) -> row(text, "`" + file + "`", "`" + digest + "`"));
    row(text, "study plan (canonical bytes)", "`" + card.planDigest() + "`");
    return text.toString();
  }

  private static void data(ModelCard card, StringBuilder text) {
    StudyPlan plan = card.plan();
    text.append("## Model and data\n\n| | |\n| --- | --- |\n");
    row(text, "architecture", plan.student().architecture());
    row(text, "parameters", String.format(Locale.ROOT, "%,d", card.parameters()));
    row(text, "reads", card.sampleShape());
    row(text, "classes", String.join(", ", plan.task().classes()));
    row(text, "transfer set", plan.transferSet());
    row(text, "its licence", card.licence());
    row(
        text,
        "its samples",
        card.report().transferSamples() + ", of which " + card.report().answeredSamples()
            + " were labelled by sites");
    switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN ->
        row(
            text,
            "teachers",
            plan.teachers().perNode() + " a site, " + plan.teachers().architecture());
      case CLASS_SUMS ->
        row(
            text,
            "sums",
            plan.classSums().features() + " public features and a constant by class, of at most "
                + plan.classSums().units() + " units a site");
    }
    view(text, "sites' answers come from the view", plan.teachers().view());
    view(text, "the student reads the view", plan.student().view());
    text.append('\n');
  }

  private static void columns(@Nullable TableSchema schema, StringBuilder text) {
    if (schema == null) {
      return;
    }
    text.append("## What the student reads\n\n")
        .append("The numbers of a row, in this order; `")
        .append(StudentArtifacts.SCHEMA)
        .append("` says the same to programs. Missing are the cells ")
        .append(inline(schema.missing().stream().sorted().toList().toString()))
        .append(".\n\n| numbers | column | read as |\n| --- | --- | --- |\n");
    int at = 0;
    int written = 0;
    for (FeatureColumn column : schema.features()) {
      int end = at + column.width();
      if (written++ < MOST_COLUMNS) {
        String place = column.width() == 1 ? String.valueOf(at) : at + " to " + (end - 1);
        row(text, place, column.name(), reading(column));
      }
      at = end;
    }
    if (written > MOST_COLUMNS) {
      row(
          text,
          "to " + (at - 1),
          written - MOST_COLUMNS + " more",
          "as " + StudentArtifacts.SCHEMA);
    }
    text.append('\n');
  }

  private static String reading(FeatureColumn column) {
    if (column instanceof FeatureColumn.Numeric numeric) {
      return "(value - " + numeric.mean() + ") / " + numeric.scale();
    }
    if (column instanceof FeatureColumn.Categorical categorical) {
      return "an indicator each of " + String.join(", ", categorical.values());
    }
    return column instanceof FeatureColumn.Text text
        ? "text, by " + text.encoding().text()
        : "image, by " + ((FeatureColumn.Image) column).encoding().text();
  }

  private static void view(StringBuilder text, String name, String view) {
    if (!view.isEmpty()) {
      row(text, name, view);
    }
  }

  private static void privacy(ModelCard card, StringBuilder text) {
    StudyPlan.Privacy privacy = card.plan().privacy();
    text.append("## Privacy\n\n");
    EarlierSpending earlier = card.spending().earlier();
    text.append(String.format(
        Locale.ROOT,
        "%s (epsilon, delta)-differentially private with epsilon = %s and delta = %s, for "
            + "each **%s**: %s%s.%n%n",
        earlier == null ? "Every site's release is" : "What every site released to two studies is",
        decimal(card.largestEpsilon()),
        BigDecimal.valueOf(privacy.delta()).toEngineeringString(),
        inline(privacy.unit()),
        noised(card.plan()),
        earlier == null ? "" : ", after " + noised(earlier.plan())));
    if (earlier != null) {
      text.append("Study `").append(inline(earlier.study())).append("`, which came first:\n\n");
      spending(earlier.plan(), earlier.sites(), text);
      text.append("\nThis study:\n\n");
    }
    spending(card.plan(), card.spending().sites(), text);
    colluding(card, text);
    text.append("\nThis holds under these assumptions:\n\n");
    card.assumptions()
        .forEach(assumption -> text.append("- ").append(assumption).append('\n'));
    text.append('\n');
  }

  private static void spending(StudyPlan plan, List<SiteSpending> sites, StringBuilder text) {
    text.append(
        switch (plan.privacy().mechanism()) {
          case DISCRETE_GAUSSIAN -> "| site | teachers ";
          case CLASS_SUMS -> "| site | units at most ";
        });
    text.append("| queries answered | sigma | rho (zCDP) | epsilon |\n");
    text.append("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (SiteSpending site : sites) {
      row(
          text,
          site.node(),
          String.valueOf(site.teachers()),
          String.valueOf(site.queries()),
          String.valueOf(site.sigma()),
          BigDecimal.valueOf(site.picoRho(), 12).toPlainString(),
          decimal(site.epsilon()));
    }
  }

  private static String noised(StudyPlan plan) {
    return "discrete Gaussian noise with sigma = " + plan.privacy().sigma() + " on "
        + noisedRows(plan);
  }

  private static String noisedRows(StudyPlan plan) {
    return switch (plan.privacy().mechanism()) {
      case DISCRETE_GAUSSIAN ->
        "labels that sum to " + StudyNoise.labelUnits(plan).size() + " a teacher"
            + (plan.asksForHints() ? " and hints of length at most " + StudyPlan.Hints.NORM : "");
      case CLASS_SUMS -> "sums of rows of length at most " + StudyPlan.ClassSums.NORM;
    };
  }

  private static void colluding(ModelCard card, StringBuilder text) {
    if (!card.isSummedSecurely()) {
      return;
    }
    text.append(
            "\nThe answers were added up under masks: the coordinator saw their sum and no site's part, so that the ")
        .append(
            "sites' noise protects them together. If sites work with the coordinator and take theirs off:\n\n")
        .append(
            "| other sites that do | epsilon of a unit at a site that does not |\n| ---: | ---: |\n");
    List<Double> epsilons = card.epsilonIfCollude();
    for (int colluding = 0; colluding < epsilons.size(); colluding++) {
      row(text, String.valueOf(colluding), decimal(epsilons.get(colluding)));
    }
  }

  private static void accuracy(ModelCard card, StringBuilder text) {
    text.append("## Accuracy\n\n");
    Evaluation evaluation = card.evaluation();
    if (evaluation == null) {
      text.append("Not evaluated: the study named no evaluation records.\n\n");
    } else {
      text.append(String.format(
          Locale.ROOT,
          "%.2f %% of %,d records of %s.%n%n",
          100 * evaluation.accuracy(),
          evaluation.samples(),
          inline(evaluation.source())));
    }
  }

  private static void compression(Compression compression, StringBuilder text) {
    text.append("## Size and speed\n\n");
    Compression.Cost student = compression.student();
    Compression.Cost ensemble = compression.ensemble();
    text.append("| | parameters | as 32-bit floats | microseconds a sample |\n");
    text.append("| --- | ---: | ---: | ---: |\n");
    cost(text, "student", student);
    if (ensemble != null) {
      cost(text, "all teachers that answered", ensemble);
      text.append(String.format(
          Locale.ROOT,
          "%nThe student has %s parameters than they together and takes %s time.",
          times((double) ensemble.parameters() / student.parameters(), "fewer", "more"),
          times(
              ensemble.microsecondsPerSample() / student.microsecondsPerSample(), "less", "more")));
      text.append(
          " Teachers of the same shape with other weights were timed, as theirs stay at their sites; computing the public features"
              + " that teachers may see is not counted.");
    }
    text.append(String.format(
        Locale.ROOT,
        "%nMeasured in batches of %d on the coordinator's processor, with all its threads.%n%n",
        compression.batch()));
  }

  private static String times(double factor, String above, String below) {
    return factor >= 1
        ? String.format(Locale.ROOT, "%.1f times %s", factor, above)
        : String.format(Locale.ROOT, "%.1f times %s", 1 / factor, below);
  }

  private static void cost(StringBuilder text, String name, Compression.Cost cost) {
    row(
        text,
        name,
        String.format(Locale.ROOT, "%,d", cost.parameters()),
        String.format(Locale.ROOT, "%,.1f kB", cost.bytes() / 1e3),
        String.format(Locale.ROOT, "%.3g", cost.microsecondsPerSample()));
  }

  private static void distillation(ModelCard card, StringBuilder text) {
    DistillationReport report = card.report();
    text.append("## Distillation\n\n| | |\n| --- | --- |\n");
    row(
        text,
        "noise of a mean label (standard deviation a class)",
        decimal(report.noiseStandardDeviation()));
    row(text, "after smoothing", decimal(report.noiseScore()));
    row(
        text,
        "smoothed over",
        report.denoiser() + ", " + decimal(report.denoiserDimensions()) + " effective dimensions");
    row(text, "samples whose class stands clear of the noise", String.valueOf(report.hardLabels()));
    if (card.plan().student().classShares() == ClassShares.EVEN) {
      row(text, "classes among the public samples", "taken to be even, as the plan says");
    }
    row(text, "self-training", report.selfTraining());
    row(text, "classifier of an earlier study", report.earlierClassifier());
    row(text, "consistency", report.consistency());
    row(text, "trained with", report.recipe());
    HintReport hints = report.hints();
    if (hints != null) {
      row(
          text,
          "hints of the teachers' hidden layers",
          hints.dimensions() + " dimensions, noise of a mean hint "
              + decimal(hints.noiseStandardDeviation())
              + " a dimension where one teacher's is of length 1 at most, "
              + decimal(hints.reliability()) + " of what smoothing found is no noise");
    }
    for (DistillationReport.Stage stage : report.curve()) {
      row(text, "squared error after " + stage.name(), decimal(stage.squaredError()));
    }
    text.append('\n');
    trials(report, text);
  }

  private static void trials(DistillationReport report, StringBuilder text) {
    if (report.trials().isEmpty()) {
      return;
    }
    text.append(
            "Decided by noised labels that were kept from both sides of a comparison. A gain is in votes a teacher and ")
        .append("sample; what stands clear of its error is taken.\n\n")
        .append("| tried | against | gain | standard error | held out | |\n")
        .append("| --- | --- | ---: | ---: | ---: | --- |\n");
    for (DistillationReport.Trial trial : report.trials()) {
      row(
          text,
          trial.challenger(),
          trial.incumbent(),
          decimal(trial.gain()),
          decimal(trial.standardError()),
          String.valueOf(trial.heldOut()),
          trial.outcome());
    }
    text.append('\n');
  }

  private static void row(StringBuilder text, String... cells) {
    for (String cell : List.of(cells)) {
      text.append("| ").append(inline(cell)).append(' ');
    }
    text.append("|\n");
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /** Text from study files and manifests cannot break out of its place in the card. */
  private static String inline(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|")
        .replaceAll("\\s+", " ");
  }
}
