package dev.retort.coordinator.student;

import dev.retort.data.TableSchema;
import dev.retort.learn.ModelFile;
import dev.retort.merkle.Digest;
import dev.retort.plan.Aggregation;
import dev.retort.plan.SecureSums;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a user of the student should know of it.
 *
 * @param plan the resolved plan
 * @param planDigest SHA-256 of its canonical bytes, in hexadecimal
 * @param licence the transfer set's terms
 * @param sampleShape what the student reads
 * @param schema how the row of a table becomes that; null for images
 * @param parameters the count of trained numbers
 * @param spending what sites spent
 * @param report how the student was distilled
 * @param evaluation how it did, or null
 * @param compression how much smaller and faster it is than what it was distilled from
 * @param digests SHA-256 in hexadecimal, by file name
 */
public record ModelCard(
    StudyPlan plan,
    String planDigest,
    String licence,
    String sampleShape,
    @Nullable TableSchema schema,
    long parameters,
    Spending spending,
    DistillationReport report,
    @Nullable Evaluation evaluation,
    Compression compression,
    Map<String, String> digests) {

  private static final int MOST_COLLUDING_ROWS = 10;

  public ModelCard {
    digests = Collections.unmodifiableMap(new TreeMap<>(digests));
  }

  /** What must hold for the privacy guarantee to be true. */
  public List<String> assumptions() {
    boolean secure = isSummedSecurely();
    List<String> assumptions = new ArrayList<>(List.of(
        switch (plan.privacy().mechanism()) {
          case DISCRETE_GAUSSIAN ->
            "Neighbouring data sets differ by replacing all records of one privacy unit; the number of shards is public.";
          case CLASS_SUMS ->
            "Neighbouring data sets differ by replacing all records of one privacy unit; how many units a site has stays"
                + " private.";
        },
        secure
            ? "Each site is protected against the coordinator and up to "
                + plan.cohort().colluders()
                + " other sites, if at least " + SecureSums.contributors(plan)
                + " of the sites whose answers were summed, itself among them, draw their noise as they should. A site"
                + " spends its budget once if its own ledger is not rolled back."
            : "Each site is protected against everyone else, the coordinator included, if its own node runs as published: "
                + "its noise is drawn as it should be and its ledger is not rolled back.",
        "The transfer set is public: nothing here protects the records in it.",
        secure
            ? "No privacy unit has records at two sites. If one has at H of them, rho is H squared times as large."
            : "No privacy unit has records at two sites. If one has, its losses at those sites add up.",
        "Epsilon and delta bound what this student reveals. Other studies on the same records add to it; each site's "
            + "ledger holds the sum."));
    EarlierSpending earlier = spending.earlier();
    if (earlier != null) {
      assumptions.add(
          "What study " + earlier.study()
              + " released went into the student too, and counts above: its own model card's assumptions hold as well.");
    }
    return List.copyOf(assumptions);
  }

  /** Whether the coordinator saw sums over sites, and no site's answer. */
  public boolean isSummedSecurely() {
    return plan.privacy().aggregation() == Aggregation.SECURE;
  }

  /**
   * The loss of a unit at one site by how many other sites work with the coordinator and take their noise off: an upper
   * bound at the plan's delta, for none, one, and so on. Empty where each site's own noise protects it.
   */
  public List<Double> epsilonIfCollude() {
    if (!isSummedSecurely()) {
      return List.of();
    }
    return IntStream.range(0, Math.min(spending.fewestSites(), MOST_COLLUDING_ROWS))
        .mapToObj(this::costIfCollude)
        .map(cost -> Conversion.epsilon(cost, plan.privacy().delta()))
        .toList();
  }

  private Zcdp costIfCollude(int colluding) {
    Zcdp cost = StudyNoise.cost(plan, spending.sites().size() - colluding);
    EarlierSpending earlier = spending.earlier();
    return earlier == null
        ? cost
        : cost.plusOrUnbounded(StudyNoise.cost(earlier.plan(), earlier.sites().size() - colluding));
  }

  /** The card in Markdown. */
  public String toMarkdown() {
    return ModelCardText.markdown(this);
  }

  /** The card as one JSON object, indented. */
  public String toJson() {
    return ModelCardText.json(this);
  }

  /** SHA-256 of the weights, {@link ModelFile#WEIGHTS}. */
  public Digest weights() {
    return Digest.ofBytes(HexFormat.of().parseHex(String.valueOf(digests.get(ModelFile.WEIGHTS))));
  }

  /** The largest epsilon that a site spent on what the student was distilled from, at the plan's delta; 0 without sites. */
  public double largestEpsilon() {
    return spending.largestEpsilon(plan.privacy().delta());
  }
}
