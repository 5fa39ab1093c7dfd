package dev.retort.coordinator.round;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The open work streams, one a node: a newer stream of a node supersedes its older one. Thread-safe. */
public final class NodeLinks {

  private final ConcurrentHashMap<String, NodeLink> links = new ConcurrentHashMap<>();

  /** Makes {@code link} its node's stream. */
  public void open(NodeLink link) {
    NodeLink older = links.put(link.nodeId(), link);
    if (older != null) {
      older.supersede();
    }
  }

  /** Forgets {@code link}, unless a newer one has taken its place; says whether it was forgotten. */
  public boolean close(NodeLink link) {
    return links.remove(link.nodeId(), link);
  }

  /** The stream of a node, if open. */
  public Optional<NodeLink> of(String nodeId) {
    return Optional.ofNullable(links.get(nodeId));
  }

  /** Every open stream. */
  public Collection<NodeLink> all() {
    return List.copyOf(links.values());
  }
}
