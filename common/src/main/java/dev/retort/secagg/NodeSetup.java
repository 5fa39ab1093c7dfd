package dev.retort.secagg;

import dev.retort.secagg.CohortDecision.Agreed;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.NodeAction.Send;
import dev.retort.secagg.SetupMessage.Beacon;
import dev.retort.secagg.SetupMessage.BeaconReveal;
import dev.retort.secagg.SetupMessage.KemCiphertext;
import dev.retort.secagg.SetupMessage.KeyAdvert;
import dev.retort.secagg.SetupMessage.Roster;
import dev.retort.secagg.SetupMessage.SetupCertificate;
import dev.retort.secagg.SetupMessage.SetupConfirm;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/** A node's way through S0 to S5. Not thread-safe. */
final class NodeSetup implements Destroyable {

  private enum Step {
    NEW,
    ADVERTISED,
    REVEALED,
    KEYED,
    DONE
  }

  private final AggregationSite site;
  private final MessageGate gate;
  private final TreeMap<Integer, PairKeys> keys = new TreeMap<>();
  private Step step = Step.NEW;
  private int self;
  private @Nullable SessionProposal proposal;
  private Octets proposalDigest = Octets.wrap(new byte[0]);
  private @Nullable XWingKey kem;
  private @Nullable Octets beaconValue;
  private @Nullable Signed ownAdvert;
  private List<KeyAdvert> adverts = List.of();
  private Octets rosterDigest = Octets.wrap(new byte[0]);
  private @Nullable CohortRules rules;
  private @Nullable SessionRoster roster;

  NodeSetup(AggregationSite site, MessageGate gate) {
    this.site = site;
    this.gate = gate;
  }

  /** The session that the node was asked into, once it accepted. */
  @Nullable
  SessionProposal proposal() {
    return proposal;
  }

  /** The node's index in the roster, once it accepted a proposal. */
  int self() {
    return self;
  }

  /** S0: accepts a proposal, or not. */
  List<NodeAction> propose(Signed signed, SessionProposal asked)
      throws RefusalException, IOException {
    require(step == Step.NEW, RefusalReason.OUT_OF_ORDER, signed);
    require(site.nowEpochSecond() < asked.expiresEpochSecond(), RefusalReason.EXPIRED, signed);
    site.policy().require(asked, signed);
    int nodes = asked.roster().size();
    require(
        CohortRules.decide(nodes, asked.terms()) instanceof Agreed,
        RefusalReason.IMPOSSIBLE_TERMS,
        signed);
    require(
        asked.sums().width().holdsUpTo(NoiseShare.largestSum(nodes, asked.sums(), asked.terms())),
        RefusalReason.LANES_TOO_NARROW,
        signed);
    require(
        site.policy().recognised(asked, NodeSet.all(nodes)) >= asked.terms().minimum(),
        RefusalReason.ROSTER_TOO_SMALL,
        signed);
    int place = place(asked, site.key());
    require(place >= 0, RefusalReason.NOT_IN_ROSTER, signed);
    require(site.memory().enter(asked.session()), RefusalReason.SESSION_REPLAYED, signed);
    gate.enroll(asked);
    self = place;
    proposal = asked;
    proposalDigest = signed.bodyDigest();
    kem = XWingKey.generate(site.random());
    byte[] value = new byte[Secret.BYTES];
    RandomBytes.fill(site.random(), value);
    beaconValue = Octets.wrap(value);
    ownAdvert = Signed.sign(
        new KeyAdvert(
            asked.session(),
            proposalDigest,
            self,
            kem.publicKey(),
            SessionRoster.beaconCommitment(beaconValue)),
        site.signer());
    step = Step.ADVERTISED;
    return List.of(new Send(new SignedFrame(ownAdvert)));
  }

  /** S2: who is in. */
  List<NodeAction> roster(Signed signed, Roster shown) throws RefusalException {
    require(step == Step.ADVERTISED, RefusalReason.OUT_OF_ORDER, signed);
    SessionProposal session = known(proposal);
    List<KeyAdvert> shownAdverts = gate.carried(shown.adverts(), KeyAdvert.class);
    require(areValid(shownAdverts), RefusalReason.ROSTER_INVALID, signed);
    NodeSet members = SessionRoster.members(session, shownAdverts);
    require(members.contains(self), RefusalReason.NOT_IN_ROSTER, signed);
    require(
        shown.adverts().stream().anyMatch(advert -> advert.equals(ownAdvert)),
        RefusalReason.OWN_ADVERT_ALTERED,
        signed);
    require(
        site.policy().recognised(session, members) >= session.terms().minimum(),
        RefusalReason.ROSTER_TOO_SMALL,
        signed);
    if (!(CohortRules.decide(members.size(), session.terms()) instanceof Agreed agreed)) {
      throw new RefusalException(RefusalReason.IMPOSSIBLE_TERMS, signed);
    }
    adverts = shownAdverts;
    rosterDigest = SessionRoster.digest(proposalDigest, shown.adverts());
    rules = agreed.rules();
    if (!agreed.rules().isDrawn()) {
      return fix(rosterDigest);
    }
    step = Step.REVEALED;
    return List.of(
        send(new BeaconReveal(session.session(), rosterDigest, self, known(beaconValue))));
  }

  /** S2': every part of the beacon. One that is missing would be a choice of whoever withheld it. */
  List<NodeAction> beacon(Signed signed, Beacon shown) throws RefusalException {
    require(step == Step.REVEALED, RefusalReason.OUT_OF_ORDER, signed);
    List<BeaconReveal> reveals = gate.carried(shown.reveals(), BeaconReveal.class);
    require(reveals.size() == adverts.size(), RefusalReason.BEACON_INVALID, signed);
    List<Octets> values = new ArrayList<>();
    for (int i = 0; i < adverts.size(); i++) {
      BeaconReveal reveal = reveals.get(i);
      require(
          reveal.node() == adverts.get(i).node()
              && reveal.roster().equals(rosterDigest)
              && SessionRoster.beaconCommitment(reveal.value())
                  .equals(adverts.get(i).beacon()),
          RefusalReason.BEACON_INVALID,
          signed);
      values.add(reveal.value());
    }
    return fix(SessionRoster.beacon(rosterDigest, values));
  }

  // S3: secrets for all later peers, and the committee's confirmation, which is of the roster
  // alone.
  private List<NodeAction> fix(Octets beacon) {
    SessionRoster fixed =
        new SessionRoster(known(proposal), adverts, known(rules), rosterDigest, beacon);
    roster = fixed;
    step = Step.KEYED;
    List<NodeAction> actions = new ArrayList<>();
    fixed.members().stream()
        .filter(peer -> peer > self && fixed.areRelated(self, peer))
        .forEach(peer -> {
          try {
            actions.add(encapsulate(fixed, peer));
          } catch (UnusableKeyException e) {
            actions.add(new NodeAction.Refused(new Refusal(RefusalReason.KEM_FAILED, List.of())));
          }
        });
    if (fixed.isInCommittee(self)) {
      actions.add(send(new SetupConfirm(fixed.session(), self, fixed.anchor())));
    }
    return actions;
  }

  private NodeAction encapsulate(SessionRoster fixed, int peer) throws UnusableKeyException {
    XWingKey.Encapsulated made = XWingKey.encapsulate(fixed.kemKey(peer), site.random());
    PairKeys pair = PairKeys.derive(made.secret(), fixed.rosterDigest(), self, peer);
    keys.put(peer, pair);
    return send(new KemCiphertext(
        fixed.session(), fixed.rosterDigest(), self, peer, made.ciphertext(), pair.tag()));
  }

  /** S4: a secret from an earlier peer. */
  List<NodeAction> key(Signed signed, KemCiphertext sent) throws RefusalException {
    require(step == Step.KEYED, RefusalReason.OUT_OF_ORDER, signed);
    SessionRoster fixed = known(roster);
    int peer = sent.node();
    require(
        sent.peer() == self
            && peer < self
            && fixed.areRelated(peer, self)
            && !keys.containsKey(peer)
            && sent.roster().equals(fixed.rosterDigest()),
        RefusalReason.KEM_FAILED,
        signed);
    PairKeys pair;
    try {
      pair = PairKeys.derive(
          known(kem).decapsulate(sent.ciphertext()), fixed.rosterDigest(), peer, self);
    } catch (UnusableKeyException e) {
      throw new RefusalException(RefusalReason.KEM_FAILED, signed);
    }
    if (!MessageDigest.isEqual(pair.tag().view(), sent.tag().view())) {
      pair.destroy();
      throw new RefusalException(RefusalReason.KEY_NOT_CONFIRMED, signed);
    }
    keys.put(peer, pair);
    return List.of();
  }

  /** S5: a threshold of the committee saw the same roster. The session's private key is wiped. */
  Membership certificate(Signed signed, SetupCertificate shown) throws RefusalException {
    require(step == Step.KEYED, RefusalReason.OUT_OF_ORDER, signed);
    SessionRoster fixed = known(roster);
    Set<Integer> confirmed = new HashSet<>();
    for (SetupConfirm confirm : gate.carried(shown.confirms(), SetupConfirm.class)) {
      if (fixed.isInCommittee(confirm.node()) && confirm.anchor().equals(fixed.anchor())) {
        confirmed.add(confirm.node());
      }
    }
    require(
        confirmed.size() >= fixed.rules().threshold(),
        RefusalReason.SETUP_CERTIFICATE_INVALID,
        signed);
    known(kem).destroy();
    step = Step.DONE;
    return new Membership(site, fixed, self, keys);
  }

  private boolean areValid(List<KeyAdvert> shown) {
    Set<Octets> kemKeys = new HashSet<>();
    int before = -1;
    for (KeyAdvert advert : shown) {
      if (advert.node() <= before
          || !advert.proposal().equals(proposalDigest)
          || !kemKeys.add(advert.kemKey())) {
        return false;
      }
      before = advert.node();
    }
    return true;
  }

  private Send send(Message message) {
    return new Send(new SignedFrame(Signed.sign(message, site.signer())));
  }

  private static int place(SessionProposal asked, VerifyingKey key) {
    for (int i = 0; i < asked.roster().size(); i++) {
      if (asked.roster().get(i).key().equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private static void require(boolean holds, RefusalReason reason, Signed evidence)
      throws RefusalException {
    if (!holds) {
      throw new RefusalException(reason, evidence);
    }
  }

  // Each step sets what the next one needs.
  private static <T> T known(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  @Override
  public void destroy() {
    if (kem != null) {
      kem.destroy();
    }
    keys.values().forEach(PairKeys::destroy);
  }
}
