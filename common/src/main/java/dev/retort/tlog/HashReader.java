package dev.retort.tlog;

import dev.retort.merkle.Digest;

/** Reads the hashes of a log's full subtrees. */
@FunctionalInterface
public interface HashReader {

  /**
   * The hash of the full subtree over entries [{@code n} 2^{@code level}, ({@code n} + 1) 2^{@code level}).
   *
   * @param level 0 for leaves
   * @throws LogUnavailableException if it cannot be read
   */
  Digest hash(int level, long n) throws LogUnavailableException;
}
