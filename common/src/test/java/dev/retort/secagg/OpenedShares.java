package dev.retort.secagg;

import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.OpeningMessage.OpenedShare;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts, from what members sent, who opened which of a node's two secrets. */
final class OpenedShares {

  private final List<Deal> deals = new ArrayList<>();
  private final List<List<Octets>> parts = new ArrayList<>();

  /** Takes note of a deal as its dealer uploaded it. */
  void dealt(SignedFrame frame) {
    try {
      deals.add((Deal) frame.message().parse());
      parts.add(frame.parts());
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  /** By node, the members that opened a share of each of its secrets of a segment. */
  record Tally(Map<Integer, Set<Integer>> beta, Map<Integer, Set<Integer>> kappa) {

    /** The most members that opened one secret of a node of which others opened the other one. */
    int smallerOf(int node) {
      return Math.min(
          beta.getOrDefault(node, Set.of()).size(),
          kappa.getOrDefault(node, Set.of()).size());
    }
  }

  Tally tally(int segment, Iterable<ShareOpen> opened) {
    Tally tally = new Tally(new TreeMap<>(), new TreeMap<>());
    for (ShareOpen open : opened) {
      if (open.segment() == segment) {
        for (OpenedShare share : open.shares()) {
          if (isOf(share, segment, DealtSecret.BETA)) {
            tally.beta().computeIfAbsent(share.dealer(), d -> new TreeSet<>()).add(open.node());
          }
          if (isOf(share, segment, DealtSecret.KAPPA)) {
            tally.kappa().computeIfAbsent(share.dealer(), d -> new TreeSet<>()).add(open.node());
          }
        }
      }
    }
    return tally;
  }

  private boolean isOf(OpenedShare share, int segment, DealtSecret kind) {
    for (int i = 0; i < deals.size(); i++) {
      if (deals.get(i).node() == share.dealer()
          && deals.get(i).window() == segment / SessionProposal.WINDOW) {
        return parts.get(i).stream()
            .anyMatch(packet ->
                SharePacket.names(packet, segment % SessionProposal.WINDOW, kind, share.share()));
      }
    }
    return false;
  }
}
