package dev.retort.node;

import java.nio.file.Path;

/**
 * Where a node keeps what is its own.
 *
 * @param root the directory
 */
public record NodeHome(Path root) {

  /** The configuration. */
  public Path config() {
    return root.resolve("node.yaml");
  }

  /** The privacy ledger. */
  public Path ledger() {
    return root.resolve("ledger.db");
  }

  /** The public samples fetched so far. */
  public Path transfer() {
    return root.resolve("transfer");
  }

  /** Saved votes, one directory a study. */
  public Path studies() {
    return root.resolve("studies");
  }
}
