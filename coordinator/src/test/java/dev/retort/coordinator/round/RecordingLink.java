package dev.retort.coordinator.round;

import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.Study;
import dev.retort.merkle.Digest;
import dev.retort.secagg.Octets;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A work stream that writes down what is sent to its node. */
class RecordingLink implements NodeLink {

  private final String nodeId;
  private final List<String> sent = new CopyOnWriteArrayList<>();

  RecordingLink(String nodeId) {
    this.nodeId = nodeId;
  }

  /** One line an order, in order. */
  List<String> sent() {
    return List.copyOf(sent);
  }

  @Override
  public String nodeId() {
    return nodeId;
  }

  @Override
  public void offer(Study study) {
    sent.add("offer " + study.id());
  }

  @Override
  public void openRound(String studyId, OpenedRound round) {
    sent.add("round " + studyId + " " + round.round());
  }

  @Override
  public void request(String studyId, int round, SampleRange range) {
    sent.add("request " + studyId + " " + round + " " + range.first() + "+" + range.count());
  }

  @Override
  public Optional<Digest> certificate() {
    return Optional.empty();
  }

  @Override
  public void sumFrame(String studyId, Octets frame) {
    sent.add("frame " + studyId);
  }

  @Override
  public void requestSum(String studyId, int segment, SampleRange block) {
    sent.add("sum " + studyId + " " + segment + " " + block.first() + "+" + block.count());
  }

  @Override
  public void close(String studyId) {
    sent.add("close " + studyId);
  }

  @Override
  public CompletableFuture<Void> ping(long nonce) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean isWitness() {
    return false;
  }

  @Override
  public CompletableFuture<WitnessOutcome> witness(
      VerifierKey logKey, WireWitness.Question question) {
    return new CompletableFuture<>();
  }

  @Override
  public void supersede() {
    sent.add("superseded");
  }
}
