package dev.retort.cli;

import dev.retort.forecast.Accountant;
import dev.retort.forecast.EpsilonBound;
import dev.retort.forecast.RestOfVotes;
import dev.retort.forecast.Scope;
import dev.retort.forecast.StudyForecast;
import dev.retort.plan.Aggregation;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.StudyPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A forecast as one JSON object. */
record PlanJson(StudyForecast forecast) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  String text() {
    StudyPlan plan = forecast.plan();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("study", plan.study());
    out.put("unit", plan.privacy().unit());
    out.put("mechanism", word(plan.privacy().mechanism()));
    out.put("labelGrid", plan.privacy().labelGrid());
    out.put("classes", plan.labelSpace().size());
    out.put("nodes", forecast.nodes());
    out.put("teachers", forecast.teachers());
    out.put("sitesPerUnit", forecast.sitesPerUnit());
    out.put("sigma", plan.privacy().sigma());
    out.put("rhoPico", forecast.charge().picoRho());
    out.put("noise", noise());
    out.put("bounds", bounds());
    if (plan.privacy().mechanism() == MechanismKind.DISCRETE_GAUSSIAN) {
      out.put("labelErrors", labelErrors());
    }
    return JSON.writeValueAsString(out) + System.lineSeparator();
  }

  private List<Map<String, Object>> noise() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Aggregation aggregation : Aggregation.values()) {
      Map<String, Object> row = row(aggregation);
      row.put("nodeSigma", JsonNumbers.nearest(forecast.nodeSigma(aggregation)));
      row.put("sumSigma", JsonNumbers.nearest(forecast.sumSigma(aggregation)));
      if (forecast.plan().privacy().mechanism() == MechanismKind.DISCRETE_GAUSSIAN) {
        row.put("meanSigma", JsonNumbers.nearest(forecast.meanSigma(aggregation)));
      }
      if (forecast.plan().asksForHints()) {
        row.put("hintSigma", JsonNumbers.nearest(forecast.hintSigma(aggregation)));
      }
      rows.add(row);
    }
    return rows;
  }

  private List<Map<String, Object>> bounds() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Scope scope : Scope.values()) {
      for (Aggregation aggregation : Aggregation.values()) {
        for (Accountant accountant : Accountant.values()) {
          for (int absent : forecast.absences(PlanTable.MOST_ROWS)) {
            EpsilonBound bound = forecast.bound(scope, aggregation, accountant, absent);
            // JSON has no word for infinity, and no bound is no row.
            if (Double.isFinite(bound.epsilon())) {
              rows.add(bound(bound));
            }
          }
        }
      }
    }
    return rows;
  }

  private Map<String, Object> bound(EpsilonBound bound) {
    Map<String, Object> row = row(bound.aggregation());
    row.put("scope", word(bound.scope()));
    row.put("absent", bound.absent());
    row.put("overNoising", JsonNumbers.upper(forecast.overNoising(bound.absent())));
    row.put("epsilon", JsonNumbers.upper(bound.epsilon()));
    row.put("delta", JsonNumbers.nearest(forecast.plan().privacy().delta()));
    row.put("sigma", JsonNumbers.nearest(bound.sigma()));
    row.put("rho", JsonNumbers.upper(bound.rho()));
    row.put("queries", forecast.plan().queries().limit());
    row.put("accountant", word(bound.accountant()));
    row.put("bound", "upper");
    row.put("meaningful", bound.isMeaningful());
    return row;
  }

  private List<Map<String, Object>> labelErrors() {
    List<Map<String, Object>> rows = new ArrayList<>();
    int classes = forecast.plan().labelSpace().size();
    for (Aggregation aggregation : Aggregation.values()) {
      for (RestOfVotes rest : RestOfVotes.values()) {
        for (double agreement : PlanTable.AGREEMENTS) {
          if (agreement > rest.smallestAgreement(classes)) {
            Map<String, Object> row = row(aggregation);
            row.put("rest", word(rest));
            row.put("agreement", agreement);
            row.put(
                "labelError",
                JsonNumbers.nearest(forecast.labelError(agreement, rest, aggregation)));
            rows.add(row);
          }
        }
      }
    }
    return rows;
  }

  /** A row that says whose noise it is about, and whether that is more than a plan. */
  private Map<String, Object> row(Aggregation aggregation) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("aggregation", word(aggregation));
    row.put("planningOnly", !forecast.isPlanned(aggregation));
    return row;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
