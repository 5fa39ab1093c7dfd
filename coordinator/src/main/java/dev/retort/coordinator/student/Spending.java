package dev.retort.coordinator.student;

import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What sites spent on all that a student was distilled from.
 *
 * @param sites what each spent on the study itself
 * @param earlier what was spent on the study that {@code student.after} names; null if it names none
 */
public record Spending(List<SiteSpending> sites, @Nullable EarlierSpending earlier) {

  public Spending {
    sites = List.copyOf(sites);
  }

  /** Spending on one study alone. */
  public static Spending of(List<SiteSpending> sites) {
    return new Spending(sites, null);
  }

  /** The largest epsilon that a site spent, at {@code delta}, which is the plan's; 0 without sites. */
  public double largestEpsilon(double delta) {
    if (earlier == null) {
      return sites.stream().mapToDouble(SiteSpending::epsilon).max().orElse(0);
    }
    Map<String, Zcdp> spent = new TreeMap<>();
    Stream.concat(sites.stream(), earlier.sites().stream())
        .forEach(site -> spent.merge(site.node(), new Zcdp(site.picoRho()), Zcdp::plusOrUnbounded));
    return spent.values().stream()
        .mapToDouble(rho -> Conversion.epsilon(rho, delta))
        .max()
        .orElse(0);
  }

  /** The fewest sites that answered in a study of these. */
  int fewestSites() {
    return earlier == null
        ? sites.size()
        : Math.min(sites.size(), earlier.sites().size());
  }
}
