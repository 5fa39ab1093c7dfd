package dev.retort.cli;

import dev.retort.accounting.CampaignAccountant;
import dev.retort.accounting.NoiseEvent;
import dev.retort.accounting.UnsupportedNoiseException;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A campaign's figures, for a terminal or as JSON. */
final class CampaignFigures {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Map<String, Object> values = new LinkedHashMap<>();

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
    figures.put(
        options.scaleName(),
        // More noise than was accounted for is still enough.
        JsonNumbers.upper(scale));
    try {
      NoiseEvent event = options.event(scale);
      figures.put("rho", JsonNumbers.upper((double) count * CampaignAccountant.rho(event)));
    } catch (UnsupportedNoiseException sampled) {
      // Sampling has no rho.
    }
    figures.put("queries", count);
    figures.put("mechanism", options.mechanism().toString());
    figures.put("sensitivity", options.sensitivity());
    figures.put("accountant", CampaignOptions.name(options.accountant()));
    figures.put("bound", "upper");
    return figures;
  }

  void put(String name, Object value) {
    values.put(name, value);
  }

  void print(boolean json) {
    if (json) {
      System.out.println(JSON.writeValueAsString(values));
    } else {
      values.forEach((name, value) -> System.out.printf("  %-12s %s%n", name, value));
    }
  }
}
