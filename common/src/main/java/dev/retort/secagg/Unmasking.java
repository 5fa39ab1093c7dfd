package dev.retort.secagg;

import dev.retort.secagg.MaskExpansion.Mask;
import dev.retort.secagg.MaskExpansion.Sign;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.OpeningMessage.OpenedShare;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects a segment's opened shares, and takes the masks off its sum when there are enough of every node. */
final class Unmasking {

  private final SessionRoster roster;
  private final DealBook deals;
  private final SegmentOpen open;
  private final NodeSet survivors;

  /** By dealer, and by the member's point. */
  private final Map<Integer, TreeMap<Integer, Octets>> shares = new TreeMap<>();

  private final Map<List<Integer>, int[]> weights = new HashMap<>();

  Unmasking(SessionRoster roster, DealBook deals, SegmentOpen open, NodeSet survivors) {
    this.roster = roster;
    this.deals = deals;
    this.open = open;
    this.survivors = survivors;
    open.cohort().stream().forEach(dealer -> shares.put(dealer, new TreeMap<>()));
  }

  /** Takes a member's shares; false if one of them is not what its dealer dealt. Those that are count. */
  boolean add(ShareOpen opened) {
    int point = roster.committee().indexOf(opened.node()) + 1;
    boolean allHold = point > 0;
    for (OpenedShare share : opened.shares()) {
      TreeMap<Integer, Octets> ofDealer = shares.get(share.dealer());
      DealtSecret kind = DealtSecret.openedOf(share.dealer(), survivors);
      if (point > 0
          && ofDealer != null
          && deals.isShare(share.dealer(), open.segment(), opened.node(), kind, share.share())) {
        ofDealer.put(point, share.share());
      } else {
        allHold = false;
      }
    }
    return allHold;
  }

  /** Whether there are a threshold of shares of every node. */
  boolean isComplete() {
    return shares.values().stream()
        .allMatch(ofDealer -> ofDealer.size() >= roster.rules().threshold());
  }

  /**
   * Takes every mask off.
   *
   * @throws BadDealException if a dealer's shares do not give what it committed to; the sum is then lost
   */
  void apply(Lanes sum) throws BadDealException {
    List<Mask> masks = new ArrayList<>();
    for (int node : open.cohort().stream().toArray()) {
      Secret secret = secret(node);
      if (survivors.contains(node)) {
        masks.add(new Mask(secret, Sign.MINUS));
      } else {
        addPairMasks(node, secret, masks);
        secret.destroy();
      }
    }
    MaskExpansion.apply(sum, masks, open.cohortDigest(roster.anchor()));
    masks.forEach(mask -> mask.seed().destroy());
  }

  // A survivor added the mask of a pair if the excluded node stands before it, and subtracted it
  // otherwise.
  private void addPairMasks(int excluded, Secret kappa, List<Mask> masks) throws BadDealException {
    try {
      LockedSeeds.unlock(
              roster, excluded, open.segment(), kappa, deals.locked(excluded, open.segment()))
          .forEach((peer, seed) -> {
            if (survivors.contains(peer)) {
              masks.add(new Mask(seed, excluded < peer ? Sign.MINUS : Sign.PLUS));
            } else {
              seed.destroy();
            }
          });
    } catch (BrokenSealException e) {
      throw new BadDealException(excluded);
    }
  }

  private Secret secret(int dealer) throws BadDealException {
    TreeMap<Integer, Octets> ofDealer = shares.getOrDefault(dealer, new TreeMap<>());
    List<Integer> points =
        ofDealer.keySet().stream().limit(roster.rules().threshold()).toList();
    int[] ofPoints = weights.computeIfAbsent(
        points,
        some -> ShamirSharing.weights(some.stream().mapToInt(Integer::intValue).toArray()));
    byte[][] values =
        ofDealer.values().stream().limit(points.size()).map(Octets::view).toArray(byte[][]::new);
    Secret secret = ShamirSharing.combine(values, ofPoints);
    DealtSecret kind = DealtSecret.openedOf(dealer, survivors);
    if (!deals.isCommitted(dealer, open.segment(), kind, secret)) {
      throw new BadDealException(dealer);
    }
    return secret;
  }
}
