package dev.retort.coordinator.round;

import java.util.Set;

/** The enrolled nodes. */
@FunctionalInterface
public interface NodeRoster {

  /** The ids of every enrolled node. */
  Set<String> nodeIds();
}
