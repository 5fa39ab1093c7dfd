package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.io.IOException;

/**
 * The little that a node keeps over restarts. Keys, votes and shares it does not keep: a node that was restarted has left
 * its sessions, so it cannot vote or open twice. Every write is durable when it returns.
 */
public interface SessionMemory {

  /**
   * Notes that a session begins.
   *
   * @return false if it began before
   */
  boolean enter(Octets session) throws IOException;

  /** Whether a sum over a batch was, or may have been, opened. */
  boolean isReleased(Digest batch) throws IOException;

  /** Notes that a sum over a batch is about to be opened. Any number of times. */
  void release(Digest batch) throws IOException;
}
