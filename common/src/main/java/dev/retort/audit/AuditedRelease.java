package dev.retort.audit;

/** The release under audit: exact histograms in, noised ones out. Each call is one release, charged as such. */
@FunctionalInterface
public interface AuditedRelease {

  /**
   * Releases {@code histograms} once.
   *
   * @param histograms rows of sums of integer labels, row-major; not written to
   * @return as many integers, with noise, as a fresh array
   * @throws UnreleasedException if there is no answer
   */
  int[] release(int[] histograms) throws UnreleasedException;
}
