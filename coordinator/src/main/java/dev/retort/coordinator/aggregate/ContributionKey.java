package dev.retort.coordinator.aggregate;

/**
 * What one contribution is known by: a site answers the block at one place once.
 *
 * @param node the site's name, not blank
 * @param firstSample index of the block's first sample, at least 0
 */
public record ContributionKey(String node, long firstSample) {

  public ContributionKey {
    if (node.isBlank()) {
      throw new IllegalArgumentException("node must be a name: '" + node + "'");
    }
    if (firstSample < 0) {
      throw new IllegalArgumentException("firstSample must be >= 0: " + firstSample);
    }
  }
}
