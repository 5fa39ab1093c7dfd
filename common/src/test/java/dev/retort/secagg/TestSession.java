package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.SessionProposal.RosterEntry;
import dev.retort.secagg.SessionProposal.Sums;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fixed facts of a session in tests: identities, proposal, sites. */
final class TestSession {

  static final long NOW = 1_800_000_000L;
  static final long DEADLINE = NOW + 60;
  static final Digest TASK = digest("task");
  static final Digest NOISE = digest("noise");

  final UnsafeIdentity coordinator = new UnsafeIdentity("coordinator");
  final List<UnsafeIdentity> identities;
  final SessionProposal proposal;

  TestSession(int nodes, CohortTerms terms, Sums sums) {
    this(nodes, terms, sums, "session");
  }

  TestSession(int nodes, CohortTerms terms, Sums sums, String session) {
    Map<VerifyingKey, UnsafeIdentity> byKey = new HashMap<>();
    List<RosterEntry> entries = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      UnsafeIdentity identity = new UnsafeIdentity("node " + i);
      byKey.put(identity.key(), identity);
      entries.add(new RosterEntry(identity.key(), digest("certificate " + i)));
    }
    this.proposal = new SessionProposal(
        Octets.sha256(Hkdf.label(session)),
        NOW + 3600,
        TASK,
        NOISE,
        sums,
        terms,
        SessionProposal.inOrder(entries));
    List<UnsafeIdentity> ordered = new ArrayList<>();
    proposal.roster().forEach(entry -> ordered.add(byKey.get(entry.key())));
    this.identities = List.copyOf(ordered);
  }

  /** What every node of the session would insist on. */
  CohortPolicy policy() {
    Set<VerifyingKey> recognised = new HashSet<>();
    proposal.roster().forEach(entry -> recognised.add(entry.key()));
    CohortTerms terms = proposal.terms();
    return new CohortPolicy(
        terms.minimum(), terms.colluders(), terms.maxExcluded(), 1, TASK, NOISE, recognised);
  }

  AggregationSite site(int node) {
    return site(node, policy(), new MemoryOfTests());
  }

  AggregationSite site(int node, CohortPolicy policy, SessionMemory memory) {
    return new AggregationSite(
        identities.get(node),
        coordinator.key(),
        policy,
        memory,
        new UnsafeSeededRandom(1000 + node),
        clock());
  }

  static InstantSource clock() {
    return InstantSource.fixed(Instant.ofEpochSecond(NOW));
  }

  static Digest digest(String text) {
    return Digest.ofBytes(Octets.sha256(Hkdf.label(text)).bytes());
  }

  static CohortTerms terms(int minimum, int colluders, int maxExcluded) {
    return new CohortTerms(
        minimum, colluders, maxExcluded, CohortTerms.USUAL_LIMIT, CohortTerms.USUAL_LIMIT);
  }

  static Sums sums(LaneWidth width, int lanes) {
    return new Sums(
        width == LaneWidth.W16 ? 10 : 1000, width == LaneWidth.W16 ? 20 : 1000, width, lanes);
  }
}
