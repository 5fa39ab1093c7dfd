package dev.retort.secagg;

import dev.retort.merkle.Digest;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import dev.retort.secagg.SurvivorMessage.SurvivorVote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A coordinator with the last nodes of the roster in its hand, after an honest set-up: what it can say, given what honest
 * nodes said so far. It signs as coordinator and as any colluder whatever it likes, and keeps everything.
 */
final class Adversary {

  static final Digest BATCH = TestCohort.batch(0);
  static final int LANES = 3;

  final TestCohort cohort;
  final int honest;
  final OpenedShares shares = new OpenedShares();
  private final TestSession session;
  private final int nodes;
  private final Map<Integer, Deal> deals = new TreeMap<>();
  private final Map<Integer, Octets> dealDigests = new TreeMap<>();
  private final Octets anchor;
  private final Map<Octets, Signed> signed = new HashMap<>();

  Adversary(int nodes, CohortTerms terms, Set<Integer> segments) throws IOException {
    this.session = new TestSession(nodes, terms, TestSession.sums(LaneWidth.W32, LANES));
    this.nodes = nodes;
    this.honest = nodes - terms.colluders();
    this.cohort = new TestCohort(session).setUp();
    for (int segment : segments) {
      cohort.ready(segment, BATCH);
    }
    for (SignedFrame frame : cohort.fromNodes) {
      if (frame.message().type() == MessageType.DEAL) {
        shares.dealt(frame);
        Deal deal = (Deal) parse(frame.message());
        deals.put(deal.node(), deal);
        dealDigests.put(deal.node(), frame.message().bodyDigest());
      }
    }
    Signed confirm = cohort.fromNodes.stream()
        .map(SignedFrame::message)
        .filter(message -> message.type() == MessageType.SETUP_CONFIRM)
        .findFirst()
        .orElseThrow();
    this.anchor = ((SetupMessage.SetupConfirm) parse(confirm)).anchor();
  }

  static Message parse(Signed signed) {
    try {
      return signed.parse();
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  int threshold() {
    return (nodes + session.proposal.terms().colluders()) / 2 + 1;
  }

  NodeSet set(int bits) {
    return NodeSet.of(nodes, IntStream.range(0, nodes).filter(i -> (bits >> i & 1) == 1));
  }

  /** A signed message of the coordinator. Signing is deterministic, and done once. */
  SignedFrame say(Message message) {
    return new SignedFrame(signed.computeIfAbsent(
        Octets.sha256(
            new byte[] {(byte) message.type().code()}, message.encode().view()),
        body -> Signed.sign(message, session.coordinator)));
  }

  SegmentOpen open(int segment, NodeSet members) {
    return new SegmentOpen(
        session.proposal.session(), segment, members, BATCH, LANES, TestSession.DEADLINE);
  }

  /** Proposals of a segment for cohort and survivors, if all their manifests are at hand; colluders' are made up. */
  List<SurvivorProposal> proposals(SegmentOpen open, List<NodeSet> survivors, Set<Signed> heard) {
    Octets digest = open.cohortDigest(anchor);
    Map<Integer, Signed> manifests = new TreeMap<>();
    for (Signed said : heard) {
      if (said.type() == MessageType.MANIFEST) {
        Manifest manifest = (Manifest) parse(said);
        if (manifest.segment() == open.segment() && manifest.cohort().equals(digest)) {
          manifests.put(manifest.node(), said);
        }
      }
    }
    for (int colluder = honest; colluder < nodes; colluder++) {
      manifests.put(colluder, forged(open, digest, colluder));
    }
    List<SurvivorProposal> proposals = new ArrayList<>();
    for (NodeSet set : survivors) {
      if (open.cohort().containsAll(set) && set.stream().allMatch(manifests::containsKey)) {
        proposals.add(new SurvivorProposal(
            session.proposal.session(),
            open.segment(),
            set,
            set.stream().mapToObj(node -> known(manifests, node)).toList()));
      }
    }
    return proposals;
  }

  private static Signed known(Map<Integer, Signed> manifests, int node) {
    return java.util.Objects.requireNonNull(manifests.get(node));
  }

  private Signed forged(SegmentOpen open, Octets digest, int colluder) {
    Deal deal = java.util.Objects.requireNonNull(deals.get(colluder));
    Manifest manifest = new Manifest(
        session.proposal.session(),
        open.segment(),
        colluder,
        digest,
        LaneWidth.W32,
        LANES,
        Octets.sha256(new byte[0]),
        deal.commitments().get(open.segment()),
        TestSession.NOISE,
        java.util.Objects.requireNonNull(dealDigests.get(colluder)),
        1 << 20);
    return signed.computeIfAbsent(
        Octets.sha256(manifest.encode().view()),
        body -> Signed.sign(manifest, session.identities.get(colluder)));
  }

  /** Certificates for whatever enough members voted for, with every colluder's vote for everything. */
  List<SurvivorCertificate> certificates(Set<Signed> heard) {
    Map<Octets, Map<Integer, Signed>> votes = new LinkedHashMap<>();
    heard.stream()
        .filter(said -> said.type() == MessageType.SURVIVOR_VOTE)
        .sorted(
            (a, b) -> java.util.Arrays.compareUnsigned(a.body().view(), b.body().view()))
        .forEach(said -> {
          SurvivorVote vote = (SurvivorVote) parse(said);
          Octets content = new BodyWriter()
              .i64(vote.segment())
              .fixed(vote.cohort())
              .fixed(vote.survivors())
              .fixed(vote.manifests())
              .done();
          Map<Integer, Signed> same = votes.computeIfAbsent(content, c -> new TreeMap<>());
          same.put(vote.node(), said);
          for (int colluder = honest; colluder < nodes; colluder++) {
            same.computeIfAbsent(
                colluder,
                c -> Signed.sign(
                    new SurvivorVote(
                        vote.session(),
                        vote.segment(),
                        c,
                        vote.cohort(),
                        vote.survivors(),
                        vote.manifests()),
                    session.identities.get(c)));
          }
        });
    List<SurvivorCertificate> certificates = new ArrayList<>();
    votes.values().forEach(same -> {
      if (same.size() >= threshold()) {
        Signed first = same.values().iterator().next();
        certificates.add(new SurvivorCertificate(
            session.proposal.session(), parse(first).number(), List.copyOf(same.values())));
      }
    });
    return certificates;
  }

  /**
   * Whether the adversary can open both secrets of an honest node: what honest members opened, and every colluder's share
   * of both.
   */
  boolean hasBoth(int segment, Set<Signed> heard) {
    OpenedShares.Tally tally = tally(segment, heard);
    return IntStream.range(0, honest)
        .anyMatch(node -> tally.smallerOf(node) + nodes - honest >= threshold());
  }

  /** Whether the adversary can open the own mask of some honest node. */
  boolean hasBeta(int segment, Set<Signed> heard) {
    OpenedShares.Tally tally = tally(segment, heard);
    return tally.beta().values().stream()
        .anyMatch(members -> members.size() + nodes - honest >= threshold());
  }

  private OpenedShares.Tally tally(int segment, Set<Signed> heard) {
    return shares.tally(
        segment,
        heard.stream()
            .filter(said -> said.type() == MessageType.SHARE_OPEN)
            .map(said -> (OpeningMessage.ShareOpen) parse(said))
            .toList());
  }
}
