package dev.retort.coordinator.student;

import dev.retort.plan.StudyPlan;
import java.util.List;

/**
 * What the sites spent on an earlier study whose releases went into a student too.
 *
 * @param study its id
 * @param plan of it, resolved
 * @param sites what each site gave to it
 */
public record EarlierSpending(String study, StudyPlan plan, List<SiteSpending> sites) {
  public EarlierSpending {
    sites = List.copyOf(sites);
  }
}
