package dev.retort.secagg;

import dev.retort.secagg.CoordinatorAction.Refused;
import dev.retort.secagg.CoordinatorAction.Send;
import dev.retort.secagg.CoordinatorAction.Summed;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.secagg.MaskingMessage.Manifest;
import dev.retort.secagg.MaskingMessage.SegmentOpen;
import dev.retort.secagg.OpeningMessage.SegmentResult;
import dev.retort.secagg.OpeningMessage.ShareOpen;
import dev.retort.secagg.SurvivorMessage.SurvivorCertificate;
import dev.retort.secagg.SurvivorMessage.SurvivorProposal;
import dev.retort.secagg.SurvivorMessage.SurvivorVote;
import dev.retort.tlog.LogSigner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The coordinator's side of one segment, B0 to B4. Not thread-safe. */
final class SegmentRound {

  private final LogSigner signer;
  private final SessionRoster roster;
  private final DealBook deals;
  private final SegmentOpen open;
  private final Signed signedOpen;
  private final Octets cohort;
  private final Map<Integer, Upload> uploads = new TreeMap<>();
  private final TreeMap<Integer, Signed> manifests = new TreeMap<>();
  private final TreeMap<Integer, Signed> votes = new TreeMap<>();
  private final Lanes sum;
  private long variance;
  private @Nullable SurvivorProposal proposal;
  private @Nullable Signed signedProposal;
  private @Nullable Signed certificate;
  private @Nullable Unmasking unmasking;
  private @Nullable SegmentSum result;
  private boolean failed;

  /** The pieces of a vector so far. */
  private static final class Upload {

    private final @Nullable Octets[] chunks;
    private @Nullable Signed signed;
    private @Nullable Manifest manifest;

    Upload(int chunks) {
      this.chunks = new @Nullable Octets[chunks];
    }

    boolean isComplete() {
      return manifest != null && Arrays.stream(chunks).allMatch(chunk -> chunk != null);
    }
  }

  SegmentRound(LogSigner signer, SessionRoster roster, DealBook deals, SegmentOpen open) {
    this.signer = signer;
    this.roster = roster;
    this.deals = deals;
    this.open = open;
    this.signedOpen = Signed.sign(open, signer);
    this.cohort = open.cohortDigest(roster.anchor());
    this.sum = Lanes.zeros(roster.proposal().sums().width(), open.lanes());
  }

  /** Whether vectors are still taken. */
  boolean isCollecting() {
    return proposal == null && !failed;
  }

  /** Whether every node of the cohort delivered. */
  boolean hasAll() {
    return manifests.size() == open.cohort().size();
  }

  /** Ends it without a sum. */
  void fail() {
    failed = true;
    uploads.clear();
  }

  /** B0: the opening, to all. */
  List<CoordinatorAction> opening() {
    return toAll(new SignedFrame(signedOpen));
  }

  /** B1: a piece of a vector. */
  List<CoordinatorAction> chunk(Chunk chunk) {
    int bytes = sum.byteLength();
    if (isCollecting()
        && isAwaited(chunk.node())
        && chunk.index() < VectorDigest.chunks(bytes)
        && chunk.bytes().length() == VectorDigest.chunkLength(bytes, chunk.index())) {
      Upload upload = upload(chunk.node());
      upload.chunks[chunk.index()] = chunk.bytes();
      return addIfComplete(chunk.node(), upload);
    }
    return List.of();
  }

  /** B1: a vector's manifest. */
  List<CoordinatorAction> manifest(Signed signed, Manifest manifest) throws RefusalException {
    if (!isCollecting() || !isAwaited(manifest.node())) {
      return List.of();
    }
    boolean fits = manifest.cohort().equals(cohort)
        && manifest.lanes() == open.lanes()
        && manifest.width() == sum.width()
        && manifest.noise().equals(roster.proposal().noise())
        && manifest.localSigma() >= roster.localSigma(open.cohort())
        && deals.isDealtAs(manifest.node(), open.segment(), manifest.secrets(), manifest.deal());
    if (!fits) {
      throw new RefusalException(RefusalReason.MANIFEST_INVALID, signed);
    }
    Upload upload = upload(manifest.node());
    upload.signed = signed;
    upload.manifest = manifest;
    return addIfComplete(manifest.node(), upload);
  }

  private boolean isAwaited(int node) {
    return open.cohort().contains(node) && !manifests.containsKey(node);
  }

  private Upload upload(int node) {
    return uploads.computeIfAbsent(node, n -> new Upload(VectorDigest.chunks(sum.byteLength())));
  }

  // A vector is added whole and under its manifest, or not at all.
  private List<CoordinatorAction> addIfComplete(int node, Upload upload) {
    Signed signed = upload.signed;
    Manifest manifest = upload.manifest;
    if (!upload.isComplete() || signed == null || manifest == null) {
      return List.of();
    }
    List<Octets> chunks = new ArrayList<>();
    for (Octets chunk : upload.chunks) {
      if (chunk != null) {
        chunks.add(chunk);
      }
    }
    uploads.remove(node);
    Octets digest = VectorDigest.of(
        chunks.stream().map(chunk -> Octets.sha256(chunk.view())).toList());
    if (!digest.equals(manifest.vector())) {
      return List.of(new Refused(new Refusal(RefusalReason.VECTOR_ALTERED, List.of(signed))));
    }
    for (int i = 0; i < chunks.size(); i++) {
      sum.add(
          VectorDigest.firstLane(sum, i), chunks.get(i).view(), chunks.get(i).length());
    }
    note(signed, manifest);
    return List.of();
  }

  /** Whether the nodes that delivered may be the survivors. */
  void requireSurvivors() throws RefusalException {
    roster.requireSurvivors(open.cohort(), delivered(), signedOpen);
  }

  private NodeSet delivered() {
    return NodeSet.of(
        roster.members().rosterSize(), manifests.keySet().stream().mapToInt(Integer::intValue));
  }

  /** What must be kept before the survivors are proposed. */
  JournalRecord.Decided decision() {
    byte[] bytes = new byte[sum.byteLength()];
    sum.write(0, bytes, bytes.length);
    return new JournalRecord.Decided(
        open.segment(), List.copyOf(manifests.values()), Octets.wrap(bytes));
  }

  /** Takes the sum from before a restart. */
  void restore(JournalRecord.Decided decided) throws RefusalException {
    manifests.clear();
    variance = 0;
    try {
      for (Signed signed : decided.manifests()) {
        note(signed, (Manifest) signed.parse());
      }
    } catch (MalformedMessageException e) {
      throw new RefusalException(RefusalReason.MALFORMED);
    }
    sum.wipe();
    sum.add(0, decided.sum().view(), decided.sum().length());
  }

  private void note(Signed signed, Manifest manifest) {
    manifests.put(manifest.node(), signed);
    variance += (long) manifest.localSigma() * manifest.localSigma();
  }

  /** B2: fixes the survivors for good: those whose vectors are in the sum. */
  List<CoordinatorAction> propose() {
    uploads.clear();
    SurvivorProposal proposed = new SurvivorProposal(
        roster.session(), open.segment(), delivered(), List.copyOf(manifests.values()));
    proposal = proposed;
    unmasking = new Unmasking(roster, deals, open, proposed.survivors());
    Signed signed = Signed.sign(proposed, signer);
    signedProposal = signed;
    return toCommittee(new SignedFrame(signed));
  }

  /** B2: a member's vote. */
  List<CoordinatorAction> vote(Signed signed, SurvivorVote vote) throws RefusalException {
    SurvivorProposal proposed = proposal;
    if (failed
        || proposed == null
        || !roster.isInCommittee(vote.node())
        || !vote.cohort().equals(cohort)
        || !vote.survivors().equals(proposed.survivorsDigest())
        || !vote.manifests().equals(proposed.manifestsDigest())) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    if (result != null) {
      return List.of();
    }
    Signed certified = certificate;
    if (certified != null) {
      return List.of(new Send(vote.node(), new SignedFrame(certified)));
    }
    votes.put(vote.node(), signed);
    if (votes.size() < roster.rules().threshold()) {
      return List.of();
    }
    Signed made = Signed.sign(
        new SurvivorCertificate(roster.session(), open.segment(), List.copyOf(votes.values())),
        signer);
    certificate = made;
    List<CoordinatorAction> actions = new ArrayList<>();
    votes.keySet().forEach(member -> actions.add(new Send(member, new SignedFrame(made))));
    return actions;
  }

  /** B3 and B4: a member's shares, and with enough of them the sum. */
  List<CoordinatorAction> shares(Signed signed, ShareOpen opened) throws RefusalException {
    Unmasking collecting = unmasking;
    SurvivorProposal proposed = proposal;
    if (result != null) {
      return List.of();
    }
    if (failed || certificate == null || collecting == null || proposed == null) {
      throw new RefusalException(RefusalReason.OUT_OF_ORDER, signed);
    }
    List<CoordinatorAction> actions = new ArrayList<>();
    if (!collecting.add(opened)) {
      actions.add(new Refused(new Refusal(RefusalReason.BAD_SHARE, List.of(signed))));
    }
    if (collecting.isComplete()) {
      actions.addAll(finish(collecting, proposed));
    }
    return actions;
  }

  private List<CoordinatorAction> finish(Unmasking collected, SurvivorProposal proposed) {
    try {
      collected.apply(sum);
    } catch (BadDealException e) {
      fail();
      return List.of(
          new Refused(new Refusal(
              RefusalReason.BAD_DEAL, List.of(deals.evidence(e.dealer(), open.segment())))),
          new CoordinatorAction.Failed(RefusalReason.BAD_DEAL));
    }
    Signed signed = Signed.sign(
        new SegmentResult(
            roster.session(),
            open.segment(),
            proposed.survivors(),
            VectorDigest.of(sum),
            variance,
            List.copyOf(votes.values())),
        signer);
    SegmentSum summed =
        new SegmentSum(open.segment(), open.batch(), proposed.survivors(), sum, variance, signed);
    result = summed;
    unmasking = null;
    List<CoordinatorAction> actions = new ArrayList<>(toAll(new SignedFrame(signed)));
    actions.add(new Summed(summed));
    return actions;
  }

  /** The sum, once it is known. */
  @Nullable
  SegmentSum result() {
    return result;
  }

  /** What a node must have been sent so far. */
  List<Frame> sentTo(int node) {
    List<Frame> frames = new ArrayList<>();
    if (failed) {
      return frames;
    }
    if (result != null) {
      frames.add(new SignedFrame(signedOpen));
      frames.add(new SignedFrame(result.result()));
      return frames;
    }
    frames.add(new SignedFrame(signedOpen));
    if (roster.isInCommittee(node)) {
      for (Signed sent : new @Nullable Signed[] {signedProposal, certificate}) {
        if (sent != null) {
          frames.add(new SignedFrame(sent));
        }
      }
    }
    return frames;
  }

  private List<CoordinatorAction> toAll(SignedFrame frame) {
    List<CoordinatorAction> actions = new ArrayList<>();
    roster.members().stream().forEach(node -> actions.add(new Send(node, frame)));
    return actions;
  }

  private List<CoordinatorAction> toCommittee(SignedFrame frame) {
    List<CoordinatorAction> actions = new ArrayList<>();
    roster.committee().forEach(node -> actions.add(new Send(node, frame)));
    return actions;
  }
}
