package dev.retort.secagg;

import dev.retort.secagg.DealMessage.Commitment;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.OpeningMessage.OpenedShare;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import dev.retort.secagg.SurvivorMessage.SurvivorVote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A node's seat in the committee.
 *
 * <p>Security guarantees: it votes at most once for a segment. It opens a segment's shares at most once, by a certificate
 * for exactly what it voted for, one share a node of the cohort: of beta for survivors, of kappa for the others. What it
 * does not open is wiped with what it opens. It opens at most one segment of any batch. Not thread-safe.
 */
final class CommitteeSeat implements Destroyable {

  private final Membership membership;
  private final MessageGate gate;
  private final int position;
  private final Map<Integer, Map<Integer, Held>> shares = new TreeMap<>();
  private final Map<Integer, Map<Integer, Dealt>> deals = new TreeMap<>();
  private final Map<Integer, Ballot> ballots = new TreeMap<>();
  private final Map<Integer, SignedFrame> opened = new HashMap<>();

  CommitteeSeat(Membership membership, MessageGate gate) {
    this.membership = membership;
    this.gate = gate;
    this.position = membership.roster().committee().indexOf(membership.self());
  }

  private record Held(Secret beta, Secret kappa) {

    Secret get(DealtSecret kind) {
      return switch (kind) {
        case BETA -> beta;
        case KAPPA -> kappa;
      };
    }

    void destroy() {
      beta.destroy();
      kappa.destroy();
    }
  }

  private record Dealt(Commitment commitment, Octets deal) {}

  private record Ballot(SurvivorVote vote, NodeSet survivors) {}

  /** Takes its packet of a deal. */
  void accept(SignedFrame frame, Deal deal) throws RefusalException {
    Signed signed = frame.message();
    int dealer = deal.node();
    if (position < 0 || !membership.roster().members().contains(dealer)) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    if (deal.packets().size() != membership.roster().committee().size()
        || !membership.hasKeysWith(dealer)) {
      throw new RefusalException(RefusalReason.SHARE_UNREADABLE, signed);
    }
    if (frame.parts().size() != 1
        || !Octets.sha256(frame.parts().get(0).view()).equals(deal.packets().get(position))) {
      throw new RefusalException(RefusalReason.DEAL_ALTERED, signed);
    }
    try {
      List<SharePacket.Entry> entries = SharePacket.parse(frame.parts().get(0)).entries();
      List<Held> held = new ArrayList<>();
      int first = deal.window() * SessionProposal.WINDOW;
      for (int i = 0; i < entries.size(); i++) {
        held.add(open(dealer, first + i, entries.get(i)));
      }
      for (int i = 0; i < held.size(); i++) {
        int segment = first + i;
        deals
            .computeIfAbsent(segment, s -> new TreeMap<>())
            .put(dealer, new Dealt(deal.commitments().get(i), signed.bodyDigest()));
        // What is opened is over: a deal that comes late adds nothing to it.
        if (opened.containsKey(segment)) {
          held.get(i).destroy();
        } else {
          shares.computeIfAbsent(segment, s -> new TreeMap<>()).put(dealer, held.get(i));
        }
      }
    } catch (BrokenSealException | MalformedMessageException e) {
      throw new RefusalException(RefusalReason.SHARE_UNREADABLE, signed);
    }
  }

  private Held open(int dealer, int segment, SharePacket.Entry entry) throws BrokenSealException {
    int self = membership.self();
    byte[] both = ShareSeal.open(
        membership.shareKey(dealer, self).view(),
        segment,
        SharePacket.associated(membership.roster().session(), dealer, self),
        entry.sealed().view());
    byte[] beta = Arrays.copyOf(both, Secret.BYTES);
    byte[] kappa = Arrays.copyOfRange(both, Secret.BYTES, both.length);
    Arrays.fill(both, (byte) 0);
    if (!DealtSecret.BETA.shareDigest(beta).equals(entry.beta())
        || !DealtSecret.KAPPA.shareDigest(kappa).equals(entry.kappa())) {
      throw new BrokenSealException();
    }
    return new Held(Secret.take(beta), Secret.take(kappa));
  }

  /** B2: its one vote for a segment. */
  SignedFrame vote(Signed signed, SurvivorProposal proposed, SegmentOpen open)
      throws RefusalException, IOException {
    SessionRoster roster = membership.roster();
    if (position < 0 || ballots.containsKey(proposed.segment())) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    roster.requireSurvivors(open.cohort(), proposed.survivors(), signed);
    if (membership.site().policy().recognised(roster.proposal(), proposed.survivors())
        < roster.rules().terms().minimum()) {
      throw new RefusalException(RefusalReason.SURVIVORS_TOO_FEW, signed);
    }
    requireManifests(signed, proposed, open);
    if (membership.site().memory().isReleased(open.batch())) {
      throw new RefusalException(RefusalReason.BATCH_RELEASED, signed);
    }
    SurvivorVote vote = new SurvivorVote(
        roster.session(),
        proposed.segment(),
        membership.self(),
        open.cohortDigest(roster.anchor()),
        proposed.survivorsDigest(),
        proposed.manifestsDigest());
    ballots.put(proposed.segment(), new Ballot(vote, proposed.survivors()));
    return membership.signed(vote);
  }

  private void requireManifests(Signed signed, SurvivorProposal proposed, SegmentOpen open)
      throws RefusalException {
    SessionRoster roster = membership.roster();
    List<Manifest> manifests = gate.carried(proposed.manifests(), Manifest.class);
    int[] survivors = proposed.survivors().stream().toArray();
    if (!Arrays.equals(survivors, manifests.stream().mapToInt(Manifest::node).toArray())) {
      throw new RefusalException(RefusalReason.SURVIVORS_INVALID, signed);
    }
    Octets cohort = open.cohortDigest(roster.anchor());
    for (int i = 0; i < survivors.length; i++) {
      Manifest manifest = manifests.get(i);
      Signed evidence = proposed.manifests().get(i);
      if (manifest.segment() != open.segment()
          || manifest.lanes() != open.lanes()
          || manifest.width() != roster.proposal().sums().width()
          || !manifest.cohort().equals(cohort)
          || !manifest.noise().equals(roster.proposal().noise())) {
        throw new RefusalException(RefusalReason.MANIFESTS_DISAGREE, signed, evidence);
      }
      if (manifest.localSigma() < roster.localSigma(open.cohort())) {
        throw new RefusalException(RefusalReason.NOISE_TOO_SMALL, signed, evidence);
      }
      Dealt dealt = deals.getOrDefault(open.segment(), Map.of()).get(manifest.node());
      if (dealt != null
          && (!dealt.commitment().equals(manifest.secrets())
              || !dealt.deal().equals(manifest.deal()))) {
        throw new RefusalException(RefusalReason.MANIFEST_INVALID, signed, evidence);
      }
    }
  }

  /** B3: its shares, once for a segment; asked again it says the same again. */
  SignedFrame open(Signed signed, SurvivorCertificate certificate, SegmentOpen open)
      throws RefusalException, IOException {
    int segment = certificate.segment();
    SignedFrame before = opened.get(segment);
    if (before != null) {
      return before;
    }
    Ballot ballot = ballots.get(segment);
    if (ballot == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    requireCertificate(certificate.votes(), ballot.vote(), signed);
    // One batch is summed once, whatever it is called: two sums of one batch over different
    // survivors differ by single nodes' answers. Any two thresholds have an honest member in
    // common,
    // which refuses here.
    SessionMemory memory = membership.site().memory();
    if (memory.isReleased(open.batch())) {
      throw new RefusalException(RefusalReason.BATCH_RELEASED, signed);
    }
    memory.release(open.batch());
    Map<Integer, Held> held = shares.getOrDefault(segment, Map.of());
    List<OpenedShare> opening = new ArrayList<>();
    held.forEach((dealer, pair) -> {
      if (open.cohort().contains(dealer)) {
        DealtSecret kind = DealtSecret.openedOf(dealer, ballot.survivors());
        opening.add(new OpenedShare(dealer, Octets.of(pair.get(kind).view())));
      }
    });
    forget(segment);
    SignedFrame frame = membership.signed(
        new ShareOpen(membership.roster().session(), segment, membership.self(), opening));
    opened.put(segment, frame);
    return frame;
  }

  /** The survivors that this member opened shares for, or null if it opened none. */
  @Nullable
  NodeSet openedSurvivors(int segment) {
    Ballot ballot = ballots.get(segment);
    return ballot != null && opened.containsKey(segment) ? ballot.survivors() : null;
  }

  /** Whether {@code votes} are a threshold of members' votes for the same as {@code content}. */
  void requireCertificate(List<Signed> votes, SurvivorVote content, Signed evidence)
      throws RefusalException {
    Set<Integer> voters = new HashSet<>();
    for (SurvivorVote vote : gate.carried(votes, SurvivorVote.class)) {
      if (membership.roster().isInCommittee(vote.node()) && vote.agrees(content)) {
        voters.add(vote.node());
      }
    }
    if (voters.size() < membership.roster().rules().threshold()) {
      throw new RefusalException(RefusalReason.CERTIFICATE_INVALID, evidence);
    }
  }

  /** Wipes all shares of a segment. */
  void forget(int segment) {
    Map<Integer, Held> held = shares.remove(segment);
    if (held != null) {
      held.values().forEach(Held::destroy);
    }
  }

  @Override
  public void destroy() {
    List.copyOf(shares.keySet()).forEach(this::forget);
  }
}
