package dev.retort.secagg;

import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.DealMessage.Commitment;
import dev.retort.secagg.DealMessage.Deal;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.SetupMessage.Complaint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The deals that the coordinator passed on, and what was said of them. Not thread-safe. */
final class DealBook {

  private final SessionRoster roster;
  private final Map<Integer, TreeMap<Integer, Dealt>> windows = new TreeMap<>();

  /** A deal with its parts. */
  private record Dealt(
      Signed signed,
      Deal deal,
      List<Octets> packets,
      List<Octets> locked,
      Set<Integer> complaints) {

    Commitment commitment(int segment) {
      return deal.commitments().get(segment % SessionProposal.WINDOW);
    }
  }

  DealBook(SessionRoster roster) {
    this.roster = roster;
  }

  /** Takes a deal and passes each member its packet. */
  List<CoordinatorAction> accept(SignedFrame frame, Deal deal) throws RefusalException {
    int members = roster.committee().size();
    if (!roster.members().contains(deal.node())) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, frame.message());
    }
    if (deal.packets().size() != members
        || frame.parts().size() != members + SessionProposal.WINDOW) {
      throw new RefusalException(RefusalReason.DEAL_ALTERED, frame.message());
    }
    List<Octets> packets = frame.parts().subList(0, members);
    List<Octets> locked = frame.parts().subList(members, frame.parts().size());
    for (int i = 0; i < members; i++) {
      requireDigest(packets.get(i), deal.packets().get(i), frame.message());
    }
    for (int i = 0; i < locked.size(); i++) {
      requireDigest(locked.get(i), deal.commitments().get(i).locked(), frame.message());
    }
    Dealt dealt = new Dealt(frame.message(), deal, packets, locked, new HashSet<>());
    windows.computeIfAbsent(deal.window(), w -> new TreeMap<>()).put(deal.node(), dealt);
    List<CoordinatorAction> actions = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      if (packets.get(i).length() > 0) {
        actions.add(new Send(roster.committee().get(i), delivery(dealt, i)));
      }
    }
    return actions;
  }

  /** A member could not read its shares. */
  void complaint(Complaint complaint) {
    if (complaint.reason() == RefusalReason.SHARE_UNREADABLE
        && roster.isInCommittee(complaint.node())) {
      windows
          .values()
          .forEach(window -> window.values().forEach(dealt -> {
            if (complaint.evidence().contains(dealt.signed().bodyDigest())) {
              dealt.complaints().add(complaint.node());
            }
          }));
    }
  }

  /**
   * Whether a node dealt for a segment. A deal counts while no more members complain than may collude: fewer complaints
   * may all be false, and leave enough shares if they are true.
   */
  boolean isDealt(int node, int segment) {
    Dealt dealt = dealt(node, segment);
    return dealt != null && dealt.complaints().size() <= roster.rules().committeeColluders();
  }

  /** Whether {@code secrets} and {@code deal} are what a node dealt for a segment. */
  boolean isDealtAs(int node, int segment, Commitment secrets, Octets deal) {
    Dealt dealt = dealt(node, segment);
    return dealt != null
        && dealt.commitment(segment).equals(secrets)
        && dealt.signed().bodyDigest().equals(deal);
  }

  /** Whether a secret is the one that a node committed to for a segment. */
  boolean isCommitted(int node, int segment, DealtSecret kind, Secret secret) {
    Dealt dealt = dealt(node, segment);
    if (dealt == null) {
      return false;
    }
    Commitment commitment = dealt.commitment(segment);
    Octets committed = switch (kind) {
      case BETA -> commitment.beta();
      case KAPPA -> commitment.kappa();
    };
    return kind.commitment(secret).equals(committed);
  }

  /** A node's locked seeds of a segment that it dealt. */
  Octets locked(int node, int segment) {
    Dealt dealt = dealt(node, segment);
    if (dealt == null) {
      throw new IllegalArgumentException("node must have dealt: " + node);
    }
    return dealt.locked().get(segment % SessionProposal.WINDOW);
  }

  /** The deal by which a node committed to a segment's secrets. */
  Signed evidence(int node, int segment) {
    Dealt dealt = dealt(node, segment);
    if (dealt == null) {
      throw new IllegalArgumentException("node must have dealt: " + node);
    }
    return dealt.signed();
  }

  /** Whether a share is the one that {@code dealer} committed to for {@code member}. */
  boolean isShare(int dealer, int segment, int member, DealtSecret kind, Octets share) {
    Dealt dealt = dealt(dealer, segment);
    int position = roster.committee().indexOf(member);
    return dealt != null
        && position >= 0
        && SharePacket.names(
            dealt.packets().get(position), segment % SessionProposal.WINDOW, kind, share);
  }

  /** The deals that a committee member must have been sent. */
  List<Frame> sentTo(int node) {
    List<Frame> frames = new ArrayList<>();
    int position = roster.committee().indexOf(node);
    if (position >= 0) {
      windows
          .values()
          .forEach(window -> window.values().forEach(dealt -> {
            if (dealt.packets().get(position).length() > 0) {
              frames.add(delivery(dealt, position));
            }
          }));
    }
    return frames;
  }

  private static SignedFrame delivery(Dealt dealt, int position) {
    return new SignedFrame(dealt.signed(), List.of(dealt.packets().get(position)));
  }

  private @Nullable Dealt dealt(int node, int segment) {
    TreeMap<Integer, Dealt> window = windows.get(segment / SessionProposal.WINDOW);
    return window == null ? null : window.get(node);
  }

  private static void requireDigest(Octets part, Octets digest, Signed evidence)
      throws RefusalException {
    if (!Octets.sha256(part.view()).equals(digest)) {
      throw new RefusalException(RefusalReason.DEAL_ALTERED, evidence);
    }
  }
}
