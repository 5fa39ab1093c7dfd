package dev.retort.secagg;

import dev.retort.secagg.CohortDecision.Agreed;
import dev.retort.secagg.CoordinatorAction.Failed;
import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.CoordinatorAction.SetUp;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.SetupMessage.Beacon;
import dev.retort.secagg.SetupMessage.BeaconReveal;
import dev.retort.secagg.SetupMessage.Complaint;
import dev.retort.secagg.SetupMessage.KemCiphertext;
import dev.retort.secagg.SetupMessage.KeyAdvert;
import dev.retort.secagg.SetupMessage.Roster;
import dev.retort.secagg.SetupMessage.SetupCertificate;
import dev.retort.secagg.SetupMessage.SetupConfirm;
import dev.retort.tlog.LogSigner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The coordinator's side of S0 to S5. Deterministic. Not thread-safe. */
final class SetupRound {

  private final LogSigner signer;
  private final SessionProposal proposal;
  private final Signed signedProposal;
  private final TreeMap<Integer, Signed> adverts = new TreeMap<>();
  private final TreeMap<Integer, KeyAdvert> advertised = new TreeMap<>();
  private final TreeMap<Integer, Signed> reveals = new TreeMap<>();
  private final TreeMap<Integer, Signed> confirms = new TreeMap<>();
  private final Map<Pair, Signed> ciphertexts = new TreeMap<>();
  private final List<Pair> conflicts = new ArrayList<>();
  private List<Pair> pairs = List.of();
  private Octets rosterDigest = Octets.wrap(new byte[0]);
  private @Nullable Signed rosterMessage;
  private @Nullable CohortRules rules;
  private @Nullable Signed beaconMessage;
  private @Nullable SessionRoster roster;
  private @Nullable Signed certificate;
  private boolean failed;

  /** Two nodes that need keys with each other, the one that encapsulates first. */
  private record Pair(int lower, int higher) implements Comparable<Pair> {

    @Override
    public int compareTo(Pair other) {
      return lower != other.lower
          ? Integer.compare(lower, other.lower)
          : Integer.compare(higher, other.higher);
    }
  }

  SetupRound(LogSigner signer, SessionProposal proposal) {
    this.signer = signer;
    this.proposal = proposal;
    this.signedProposal = Signed.sign(proposal, signer);
  }

  Signed signedProposal() {
    return signedProposal;
  }

  /** The session, once it is set up. */
  @Nullable
  SessionRoster done() {
    return certificate == null ? null : roster;
  }

  /** S1. */
  List<CoordinatorAction> advert(Signed signed, KeyAdvert advert) throws RefusalException {
    boolean fits = rosterMessage == null
        && advert.proposal().equals(signedProposal.bodyDigest())
        && advertised.values().stream().noneMatch(other -> other.kemKey().equals(advert.kemKey()));
    require(fits, signed);
    adverts.put(advert.node(), signed);
    advertised.put(advert.node(), advert);
    return adverts.size() == proposal.roster().size() ? fixRoster() : List.of();
  }

  /** S2'. */
  List<CoordinatorAction> reveal(Signed signed, BeaconReveal reveal) throws RefusalException {
    KeyAdvert advert = advertised.get(reveal.node());
    boolean fits = rosterMessage != null
        && beaconMessage == null
        && advert != null
        && reveal.roster().equals(rosterDigest)
        && SessionRoster.beaconCommitment(reveal.value()).equals(advert.beacon());
    require(fits, signed);
    reveals.put(reveal.node(), signed);
    return reveals.size() == adverts.size() ? fixBeacon() : List.of();
  }

  /** S3 and S4: passes a secret on. */
  List<CoordinatorAction> ciphertext(Signed signed, KemCiphertext sent) throws RefusalException {
    SessionRoster fixed = roster;
    boolean fits = fixed != null
        && sent.node() < sent.peer()
        && fixed.areRelated(sent.node(), sent.peer())
        && sent.roster().equals(fixed.rosterDigest());
    require(fits, signed);
    ciphertexts.put(new Pair(sent.node(), sent.peer()), signed);
    List<CoordinatorAction> actions = new ArrayList<>();
    actions.add(new Send(sent.peer(), new SignedFrame(signed)));
    actions.addAll(certifyIfComplete());
    return actions;
  }

  /** S5. */
  List<CoordinatorAction> confirm(Signed signed, SetupConfirm confirm) throws RefusalException {
    SessionRoster fixed = roster;
    boolean fits = fixed != null
        && fixed.isInCommittee(confirm.node())
        && confirm.anchor().equals(fixed.anchor());
    require(fits, signed);
    confirms.put(confirm.node(), signed);
    return certifyIfComplete();
  }

  /** A node found the keys of a peer unusable: the two cannot be in one cohort. */
  void complaint(Complaint complaint) {
    ciphertexts.forEach((pair, signed) -> {
      if (pair.higher() == complaint.node() && complaint.evidence().contains(signed.bodyDigest())) {
        conflicts.add(pair);
      }
    });
  }

  /** Goes on without those that did not answer, if it can. */
  List<CoordinatorAction> deadline() {
    SessionRoster fixed = roster;
    if (failed || certificate != null) {
      return List.of();
    }
    if (rosterMessage == null) {
      return fixRoster();
    }
    if (fixed != null && confirms.size() >= fixed.rules().threshold()) {
      return certify(fixed);
    }
    // A beacon without all its parts would be the choice of who withheld them: begin again without
    // them.
    failed = true;
    return List.of(new Failed(RefusalReason.ROSTER_TOO_SMALL));
  }

  private List<CoordinatorAction> fixRoster() {
    if (!(CohortRules.decide(adverts.size(), proposal.terms()) instanceof Agreed agreed)) {
      failed = true;
      return List.of(new Failed(RefusalReason.ROSTER_TOO_SMALL));
    }
    rules = agreed.rules();
    Signed shown =
        Signed.sign(new Roster(proposal.session(), List.copyOf(adverts.values())), signer);
    rosterMessage = shown;
    rosterDigest = SessionRoster.digest(signedProposal.bodyDigest(), List.copyOf(adverts.values()));
    if (!agreed.rules().isDrawn()) {
      fix(rosterDigest);
    }
    return toMembers(shown);
  }

  private List<CoordinatorAction> fixBeacon() throws RefusalException {
    List<Octets> values = new ArrayList<>();
    for (Signed reveal : reveals.values()) {
      try {
        values.add(((BeaconReveal) reveal.parse()).value());
      } catch (MalformedMessageException e) {
        throw new RefusalException(RefusalReason.MALFORMED, reveal);
      }
    }
    Signed shown =
        Signed.sign(new Beacon(proposal.session(), List.copyOf(reveals.values())), signer);
    beaconMessage = shown;
    fix(SessionRoster.beacon(rosterDigest, values));
    return toMembers(shown);
  }

  private void fix(Octets beacon) {
    SessionRoster fixed = new SessionRoster(
        proposal,
        List.copyOf(advertised.values()),
        Objects.requireNonNull(rules),
        rosterDigest,
        beacon);
    roster = fixed;
    pairs = pairs(fixed);
  }

  private List<CoordinatorAction> certifyIfComplete() {
    SessionRoster fixed = roster;
    if (fixed == null
        || certificate != null
        || confirms.size() < fixed.committee().size()
        || ciphertexts.size() < pairs.size()) {
      return List.of();
    }
    return certify(fixed);
  }

  private List<CoordinatorAction> certify(SessionRoster fixed) {
    pairs.stream().filter(pair -> !ciphertexts.containsKey(pair)).forEach(conflicts::add);
    Signed made = Signed.sign(
        new SetupCertificate(
            proposal.session(),
            confirms.values().stream().limit(fixed.rules().threshold()).toList()),
        signer);
    certificate = made;
    List<CoordinatorAction> actions = new ArrayList<>(toMembers(made));
    actions.add(new SetUp(fixed.members()));
    return actions;
  }

  /**
   * Members of whom every two that must have keys with each other have them. Where some have none, whoever is part of most
   * such pairs goes first: one node that spoils many pairs, or claims they are spoilt, costs itself.
   */
  NodeSet usable(SessionRoster fixed) {
    NodeSet left = fixed.members();
    List<Pair> open = new ArrayList<>(conflicts);
    while (!open.isEmpty()) {
      int worst = mostFrequent(open, left.rosterSize());
      left = left.minus(NodeSet.of(left.rosterSize(), IntStream.of(worst)));
      open.removeIf(pair -> pair.lower() == worst || pair.higher() == worst);
    }
    return left;
  }

  // The last of them, if several are.
  private static int mostFrequent(List<Pair> pairs, int nodes) {
    int[] counts = new int[nodes];
    for (Pair pair : pairs) {
      counts[pair.lower()]++;
      counts[pair.higher()]++;
    }
    int most = 0;
    for (int node = 1; node < nodes; node++) {
      if (counts[node] >= counts[most]) {
        most = node;
      }
    }
    return most;
  }

  /** What a node must have been sent so far. */
  List<Frame> sentTo(int node) {
    List<Frame> frames = new ArrayList<>();
    frames.add(new SignedFrame(signedProposal));
    if (adverts.containsKey(node)) {
      for (Signed shown : new @Nullable Signed[] {rosterMessage, beaconMessage}) {
        if (shown != null) {
          frames.add(new SignedFrame(shown));
        }
      }
      ciphertexts.forEach((pair, signed) -> {
        if (pair.higher() == node) {
          frames.add(new SignedFrame(signed));
        }
      });
      if (certificate != null) {
        frames.add(new SignedFrame(certificate));
      }
    }
    return frames;
  }

  private static List<Pair> pairs(SessionRoster fixed) {
    List<Pair> pairs = new ArrayList<>();
    int[] members = fixed.members().stream().toArray();
    for (int i = 0; i < members.length; i++) {
      for (int j = i + 1; j < members.length; j++) {
        if (fixed.areRelated(members[i], members[j])) {
          pairs.add(new Pair(members[i], members[j]));
        }
      }
    }
    return pairs;
  }

  private List<CoordinatorAction> toMembers(Signed message) {
    List<CoordinatorAction> actions = new ArrayList<>();
    adverts.keySet().forEach(node -> actions.add(new Send(node, new SignedFrame(message))));
    return actions;
  }

  private static void require(boolean fits, Signed evidence) throws RefusalException {
    if (!fits) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, evidence);
    }
  }
}
