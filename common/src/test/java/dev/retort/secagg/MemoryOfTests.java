package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.util.HashSet;
import java.util.Set;

/** Forgets when the test ends. */
final class MemoryOfTests implements SessionMemory {

  private final Set<Octets> sessions = new HashSet<>();
  private final Set<Digest> released = new HashSet<>();

  @Override
  public boolean enter(Octets session) {
    return sessions.add(session);
  }

  @Override
  public boolean isReleased(Digest batch) {
    return released.contains(batch);
  }

  @Override
  public void release(Digest batch) {
    released.add(batch);
  }
}
