package dev.retort.secagg;

import dev.retort.secagg.DealMessage.Commitment;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskExpansion.Mask;
import dev.retort.secagg.MaskExpansion.Sign;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * Deals a node's secrets, a window at a time, and keeps of them what it masks with. A segment's secrets can be taken once.
 * Not thread-safe.
 */
final class Dealer implements Destroyable {

  private final Membership membership;
  private final Map<Integer, SegmentSecrets> secrets = new TreeMap<>();
  private int window;

  Dealer(Membership membership) {
    this.membership = membership;
  }

  /** What a node masks one segment with. */
  static final class SegmentSecrets implements Destroyable {

    private final Secret beta;
    private final Map<Integer, Secret> seeds;
    private final Commitment commitment;
    private Octets deal = Octets.wrap(new byte[0]);

    private SegmentSecrets(Secret beta, Map<Integer, Secret> seeds, Commitment commitment) {
      this.beta = beta;
      this.seeds = seeds;
      this.commitment = commitment;
    }

    Commitment commitment() {
      return commitment;
    }

    /** SHA-256 of the body of the deal. */
    Octets deal() {
      return deal;
    }

    /** The masks of node {@code self} in a cohort. */
    List<Mask> masks(int self, NodeSet cohort) {
      List<Mask> masks = new ArrayList<>();
      masks.add(new Mask(beta, Sign.PLUS));
      seeds.forEach((peer, seed) -> {
        if (cohort.contains(peer)) {
          masks.add(new Mask(seed, peer < self ? Sign.PLUS : Sign.MINUS));
        }
      });
      return masks;
    }

    @Override
    public void destroy() {
      beta.destroy();
      seeds.values().forEach(Secret::destroy);
    }
  }

  /** Whether there are windows left. */
  boolean canDeal() {
    return window < SessionProposal.MAX_SEGMENTS / SessionProposal.WINDOW;
  }

  /** Deals the next window, and makes it impossible to derive its seeds again. */
  SignedFrame deal() {
    if (!canDeal()) {
      throw new IllegalStateException("session must have windows left to deal");
    }
    SessionRoster roster = membership.roster();
    int members = roster.committee().size();
    List<List<SharePacket.Entry>> packets = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      packets.add(new ArrayList<>());
    }
    List<Commitment> commitments = new ArrayList<>();
    List<Octets> locked = new ArrayList<>();
    int first = window * SessionProposal.WINDOW;
    for (int segment = first; segment < first + SessionProposal.WINDOW; segment++) {
      Octets lockedSeeds = dealSegment(segment, packets);
      commitments.add(taken(segment).commitment());
      locked.add(lockedSeeds);
    }
    List<Octets> parts = new ArrayList<>();
    List<Octets> digests = new ArrayList<>();
    packets.forEach(entries -> {
      Octets packet = new SharePacket(entries).encode();
      parts.add(packet);
      digests.add(Octets.sha256(packet.view()));
    });
    Signed signed = Signed.sign(
        new Deal(roster.session(), membership.self(), window, commitments, digests),
        membership.site().signer());
    for (int segment = first; segment < first + SessionProposal.WINDOW; segment++) {
      taken(segment).deal = signed.bodyDigest();
    }
    membership.keys().values().forEach(PairKeys::ratchet);
    window++;
    parts.addAll(locked);
    return new SignedFrame(signed, parts);
  }

  private Octets dealSegment(int segment, List<List<SharePacket.Entry>> packets) {
    SessionRoster roster = membership.roster();
    int self = membership.self();
    Secret beta = Secret.draw(membership.site().random());
    Secret kappa = Secret.draw(membership.site().random());
    Map<Integer, Secret> seeds = new TreeMap<>();
    membership.keys().forEach((peer, keys) -> {
      if (roster.graph().isLinked(self, peer)) {
        seeds.put(peer, keys.segmentSeed(segment));
      }
    });
    byte[][] betaShares = split(beta);
    byte[][] kappaShares = split(kappa);
    for (int i = 0; i < packets.size(); i++) {
      int member = roster.committee().get(i);
      // A member that never gave this node a key gets nothing; it is one of those who may be
      // missing.
      if (membership.hasKeysWith(member)) {
        packets.get(i).add(seal(segment, member, betaShares[i], kappaShares[i]));
      }
    }
    Octets locked = LockedSeeds.lock(roster, self, segment, kappa, seeds);
    Commitment commitment = new Commitment(
        DealtSecret.BETA.commitment(beta),
        DealtSecret.KAPPA.commitment(kappa),
        Octets.sha256(locked.view()));
    kappa.destroy();
    secrets.put(segment, new SegmentSecrets(beta, seeds, commitment));
    return locked;
  }

  private byte[][] split(Secret secret) {
    CohortRules rules = membership.roster().rules();
    return ShamirSharing.split(
        secret, rules.committee(), rules.threshold(), membership.site().random());
  }

  private SharePacket.Entry seal(int segment, int member, byte[] beta, byte[] kappa) {
    int self = membership.self();
    byte[] both = new byte[2 * Secret.BYTES];
    System.arraycopy(beta, 0, both, 0, Secret.BYTES);
    System.arraycopy(kappa, 0, both, Secret.BYTES, Secret.BYTES);
    byte[] sealed = ShareSeal.seal(
        membership.shareKey(self, member).view(),
        segment,
        SharePacket.associated(membership.roster().session(), self, member),
        both);
    SharePacket.Entry entry = new SharePacket.Entry(
        DealtSecret.BETA.shareDigest(beta),
        DealtSecret.KAPPA.shareDigest(kappa),
        Octets.wrap(sealed));
    java.util.Arrays.fill(both, (byte) 0);
    java.util.Arrays.fill(beta, (byte) 0);
    java.util.Arrays.fill(kappa, (byte) 0);
    return entry;
  }

  /** Whether a segment's secrets are dealt and not yet used. */
  boolean has(int segment) {
    return secrets.containsKey(segment);
  }

  /** The secrets of a segment, once; the caller wipes them. */
  @Nullable
  SegmentSecrets take(int segment) {
    return secrets.remove(segment);
  }

  private SegmentSecrets taken(int segment) {
    SegmentSecrets dealt = secrets.get(segment);
    if (dealt == null) {
      throw new IllegalStateException("segment must be dealt: " + segment);
    }
    return dealt;
  }

  @Override
  public void destroy() {
    secrets.values().forEach(SegmentSecrets::destroy);
    secrets.clear();
  }
}
