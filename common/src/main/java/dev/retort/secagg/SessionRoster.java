package dev.retort.secagg;

import dev.retort.secagg.SetupMessage.KeyAdvert;
import java.util.List;
import java.util.TreeMap;

/**
 * A session as all its honest members see it, once roster and beacon are fixed. Immutable but for what it is built of.
 */
final class SessionRoster {

  private final SessionProposal proposal;
  private final NodeSet members;
  private final TreeMap<Integer, Octets> kemKeys = new TreeMap<>();
  private final CohortRules rules;
  private final Octets rosterDigest;
  private final Octets anchor;
  private final List<Integer> committee;
  private final NodeSet committeeSet;
  private final MaskGraph graph;

  /**
   * The session.
   *
   * @param adverts of its members, verified
   * @param rosterDigest {@link #digest}
   * @param beacon what nobody chose; the roster's digest where nothing is drawn
   */
  SessionRoster(
      SessionProposal proposal,
      List<KeyAdvert> adverts,
      CohortRules rules,
      Octets rosterDigest,
      Octets beacon) {
    this.proposal = proposal;
    this.rules = rules;
    this.rosterDigest = rosterDigest;
    this.members = members(proposal, adverts);
    adverts.forEach(advert -> kemKeys.put(advert.node(), advert.kemKey()));
    this.anchor = Octets.sha256(Hkdf.label("fd-sa/1 anchor"), rosterDigest.view(), beacon.view());
    this.committee = MaskGraph.drawnOrder(members, "fd-sa/1 committee", beacon).stream()
        .limit(rules.committee())
        .sorted()
        .toList();
    this.committeeSet =
        NodeSet.of(members.rosterSize(), committee.stream().mapToInt(Integer::intValue));
    this.graph = MaskGraph.of(members, rules, beacon);
  }

  static NodeSet members(SessionProposal proposal, List<KeyAdvert> adverts) {
    return NodeSet.of(proposal.roster().size(), adverts.stream().mapToInt(KeyAdvert::node));
  }

  /** The digest R over proposal and adverts. */
  static Octets digest(Octets proposal, List<Signed> adverts) {
    BodyWriter all = new BodyWriter();
    adverts.forEach(advert -> all.fixed(advert.bodyDigest()));
    return Octets.sha256(
        Hkdf.label("fd-sa/1 roster"), proposal.view(), all.done().view());
  }

  /** A node's commitment to its part of the beacon. */
  static Octets beaconCommitment(Octets value) {
    return Octets.sha256(Hkdf.label("fd-sa/1 beacon part"), value.view());
  }

  /** The beacon of all parts, in the order of the nodes. */
  static Octets beacon(Octets rosterDigest, List<Octets> values) {
    BodyWriter all = new BodyWriter();
    values.forEach(all::fixed);
    return Octets.sha256(
        Hkdf.label("fd-sa/1 beacon"), rosterDigest.view(), all.done().view());
  }

  SessionProposal proposal() {
    return proposal;
  }

  Octets session() {
    return proposal.session();
  }

  NodeSet members() {
    return members;
  }

  CohortRules rules() {
    return rules;
  }

  Octets rosterDigest() {
    return rosterDigest;
  }

  /** What the committee confirms. */
  Octets anchor() {
    return anchor;
  }

  /** The committee, ascending. A member's point of the sharing is its position here, from 1. */
  List<Integer> committee() {
    return committee;
  }

  boolean isInCommittee(int node) {
    return committeeSet.contains(node);
  }

  MaskGraph graph() {
    return graph;
  }

  Octets kemKey(int node) {
    Octets key = kemKeys.get(node);
    if (key == null) {
      throw new IllegalArgumentException("node must be a member: " + node);
    }
    return key;
  }

  /** Whether two members need keys with each other. */
  boolean areRelated(int a, int b) {
    return a != b
        && members.contains(a)
        && members.contains(b)
        && (graph.isLinked(a, b) || isInCommittee(a) || isInCommittee(b));
  }

  /** The standard deviation that each node's noise in a cohort must have at least. */
  int localSigma(NodeSet cohort) {
    return NoiseShare.localSigma(proposal.sums().sigma(), cohort.size(), rules.terms());
  }

  /** Whether a cohort may mask. */
  void requireCohort(NodeSet cohort, Signed evidence) throws RefusalException {
    if (cohort.rosterSize() != members.rosterSize() || !members.containsAll(cohort)) {
      throw new RefusalException(RefusalReason.COHORT_INVALID, evidence);
    }
    if (cohort.size() < rules.terms().minimum()) {
      throw new RefusalException(RefusalReason.COHORT_TOO_SMALL, evidence);
    }
    requireConnected(cohort, evidence);
  }

  /** Whether the masks of so many survivors of a cohort may be opened. */
  void requireSurvivors(NodeSet cohort, NodeSet survivors, Signed evidence)
      throws RefusalException {
    if (survivors.rosterSize() != members.rosterSize() || !cohort.containsAll(survivors)) {
      throw new RefusalException(RefusalReason.SURVIVORS_INVALID, evidence);
    }
    if (survivors.size() < rules.terms().minimum()) {
      throw new RefusalException(RefusalReason.SURVIVORS_TOO_FEW, evidence);
    }
    if (cohort.size() - survivors.size() > rules.terms().maxExcluded()) {
      throw new RefusalException(RefusalReason.TOO_MANY_EXCLUDED, evidence);
    }
    requireConnected(survivors, evidence);
  }

  // On a ring the coordinator could part the honest nodes by whom it leaves out before masking just
  // as by whom it excludes after, so both count.
  private void requireConnected(NodeSet nodes, Signed evidence) throws RefusalException {
    if (!rules.isFullGraph() && members.size() - nodes.size() > rules.terms().maxExcluded()) {
      throw new RefusalException(RefusalReason.TOO_MANY_EXCLUDED, evidence);
    }
    if (!graph.connects(nodes)) {
      throw new RefusalException(RefusalReason.GRAPH_DISCONNECTED, evidence);
    }
  }
}
