package dev.retort.coordinator.enroll;

import dev.retort.identity.NodeId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Single-use nonces, in memory: a restart forgets them, and a node begins again. Safe for concurrent use. */
final class Nonces {

  static final int NONCE_BYTES = 32;
  private static final Duration LIFETIME = Duration.ofMinutes(2);

  private record Given(NodeId node, Instant expiresAt) {}

  private final Clock clock;
  private final SecureRandom random;
  private final int capacity;
  /** Oldest first, which is also first to expire. */
  private final Map<ByteBuffer, Given> given = new LinkedHashMap<>();

  Nonces(Clock clock, SecureRandom random, int capacity) {
    this.clock = clock;
    this.random = random;
    this.capacity = capacity;
  }

  /** A fresh nonce for a node, or null while too many are out. */
  synchronized byte @Nullable [] give(NodeId node) {
    Instant now = clock.instant();
    Iterator<Given> oldest = given.values().iterator();
    while (oldest.hasNext() && !now.isBefore(oldest.next().expiresAt())) {
      oldest.remove();
    }
    if (given.size() >= capacity) {
      return null;
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    given.put(ByteBuffer.wrap(nonce.clone()), new Given(node, now.plus(LIFETIME)));
    return nonce;
  }

  /** Takes a nonce back: true once, for the node that it was given to, within its lifetime. */
  synchronized boolean redeem(byte[] nonce, NodeId node) {
    Given was = given.remove(ByteBuffer.wrap(nonce));
    return was != null && was.node().equals(node) && clock.instant().isBefore(was.expiresAt());
  }
}
