package dev.retort.coordinator.student;

/**
 * What one site gave to a study, as its ledger says.
 *
 * @param node the site's name
 * @param teachers labels summed in each answer
 * @param sigma noise on each entry, in grid units
 * @param queries samples answered
 * @param picoRho zCDP spent, in 1e-12
 * @param epsilon the same at the plan's delta
 */
public record SiteSpending(
    String node, int teachers, int sigma, int queries, long picoRho, double epsilon) {}
