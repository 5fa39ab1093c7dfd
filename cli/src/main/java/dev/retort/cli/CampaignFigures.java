package dev.retort.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A campaign's figures: as JSON, or as a sentence and what it rests on. */
final class CampaignFigures {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, String> rows = new LinkedHashMap<>();

  /** Nothing yet. */
  CampaignFigures() {}

  /**
   * All that there is to say of {@code count} queries.
   *
   * @param scale the scale of their noise
   * @param epsilon an upper bound on what they cost
   */
  static CampaignFigures of(CampaignOptions options, double scale, long count, double epsilon) {
    CampaignFigures figures = new CampaignFigures();
    figures.put("epsilon", JsonNumbers.upper(epsilon));
    figures.put("delta", JsonNumbers.nearest(options.delta()));
    // More noise than was accounted for is still enough.
    figures.put(options.scaleName(), JsonNumbers.upper(scale));
    if (options.hasRho()) {
      BigDecimal rho = options.rho(scale, count);
      figures.put("rho", rho);
      figures.row("rho", rho + " (zCDP)");
    }
    figures.put("queries", count);
    figures.put("mechanism", options.mechanism().toString());
    figures.put("sensitivity", options.sensitivity());
    figures.row("sensitivity", options.sensitivity());
    figures.put("neighbours", options.neighbours());
    figures.row("neighbours", options.neighbours());
    figures.put("accountant", CampaignOptions.name(options.accountant()));
    figures.row(
        "accountant", CampaignOptions.name(options.accountant()) + ": " + options.validity());
    figures.put("bound", "upper");
    return figures;
  }

  /** Adds a key of the JSON object. */
  void put(String name, Object value) {
    values.put(name, value);
  }

  /** Adds a row below the sentence. */
  void row(String name, String value) {
    rows.put(name, value);
  }

  /**
   * Prints all.
   *
   * @param sentence what the figures say, for a person
   */
  void print(boolean json, String sentence) {
    if (json) {
      System.out.println(JSON.writeValueAsString(values));
      return;
    }
    System.out.println(sentence);
    rows.forEach((name, value) -> System.out.printf("  %-12s %s%n", name, value));
  }
}
