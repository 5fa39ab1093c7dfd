package dev.retort.coordinator.grpc;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.round.NodeLink;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.Study;
import dev.retort.merkle.Digest;
import dev.retort.proto.v1.LabelRequest;
import dev.retort.proto.v1.Ping;
import dev.retort.proto.v1.RoundOpened;
import dev.retort.proto.v1.StudyClosed;
import dev.retort.proto.v1.StudyOffer;
import dev.retort.proto.v1.SumFrame;
import dev.retort.proto.v1.SumRequest;
import dev.retort.proto.v1.WitnessAnswer;
import dev.retort.proto.v1.WitnessRequest;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.secagg.Octets;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A node's work stream over gRPC. */
final class GrpcNodeLink implements NodeLink {

  private final String nodeId;
  private final Optional<Digest> certificate;
  private final ServerCallStreamObserver<WorkOrder> orders;
  private final ConcurrentHashMap<Long, CompletableFuture<Void>> pings = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, CompletableFuture<WitnessOutcome>> questions =
      new ConcurrentHashMap<>();
  private final AtomicLong nextQuestion = new AtomicLong();
  private volatile boolean witness;
  private boolean over;

  GrpcNodeLink(
      String nodeId, Optional<Digest> certificate, ServerCallStreamObserver<WorkOrder> orders) {
    this.nodeId = nodeId;
    this.certificate = certificate;
    this.orders = orders;
    // A send to a node that has gone is not an error of ours: onError of the events follows.
    orders.setOnCancelHandler(() -> {});
  }

  @Override
  public String nodeId() {
    return nodeId;
  }

  @Override
  public void offer(Study study) {
    send(WorkOrder.newBuilder()
        .setStudyOffer(StudyOffer.newBuilder()
            .setStudyId(study.id())
            .setPlan(ByteString.copyFromUtf8(study.canonicalPlan())))
        .build());
  }

  @Override
  public void openRound(String studyId, OpenedRound round) {
    send(WorkOrder.newBuilder()
        .setRoundOpened(RoundOpened.newBuilder()
            .setStudyId(studyId)
            .setRound(round.round())
            .setInput(ByteString.copyFrom(round.input().bytes())))
        .build());
  }

  @Override
  public void request(String studyId, int round, SampleRange range) {
    send(WorkOrder.newBuilder()
        .setLabelRequest(LabelRequest.newBuilder()
            .setStudyId(studyId)
            .setRound(round)
            .setFirstSample(range.first())
            .setSampleCount(range.count()))
        .build());
  }

  @Override
  public Optional<Digest> certificate() {
    return certificate;
  }

  @Override
  public void sumFrame(String studyId, Octets frame) {
    send(WorkOrder.newBuilder()
        .setSumFrame(
            SumFrame.newBuilder().setStudyId(studyId).setFrame(ByteString.copyFrom(frame.bytes())))
        .build());
  }

  @Override
  public void requestSum(String studyId, int segment, SampleRange block) {
    send(WorkOrder.newBuilder()
        .setSumRequest(SumRequest.newBuilder()
            .setStudyId(studyId)
            .setFirstSample(block.first())
            .setSampleCount(block.count())
            .setSegment(segment))
        .build());
  }

  @Override
  public void close(String studyId) {
    send(WorkOrder.newBuilder()
        .setStudyClosed(StudyClosed.newBuilder().setStudyId(studyId))
        .build());
  }

  @Override
  public CompletableFuture<Void> ping(long nonce) {
    CompletableFuture<Void> pong = new CompletableFuture<>();
    pings.put(nonce, pong);
    send(WorkOrder.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)).build());
    return pong;
  }

  void pong(long nonce) {
    CompletableFuture<Void> waiting = pings.remove(nonce);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** The node has said whether it serves as a witness. */
  void ready(boolean servesAsWitness) {
    witness = servesAsWitness;
  }

  @Override
  public boolean isWitness() {
    return witness;
  }

  @Override
  public CompletableFuture<WitnessOutcome> witness(
      VerifierKey logKey, WireWitness.Question question) {
    CompletableFuture<WitnessOutcome> answer = new CompletableFuture<>();
    long id = nextQuestion.incrementAndGet();
    questions.put(id, answer);
    var unused = answer.whenComplete((outcome, failure) -> questions.remove(id));
    send(WorkOrder.newBuilder()
        .setWitnessRequest(WitnessRequest.newBuilder()
            .setId(id)
            .setLogKey(logKey.toString())
            .setRequest(WireWitness.request(question.to(""))))
        .build());
    return answer;
  }

  void answered(WitnessAnswer answer) {
    CompletableFuture<WitnessOutcome> waiting = questions.remove(answer.getId());
    if (waiting == null) {
      return;
    }
    try {
      waiting.complete(WireWitness.outcome(answer.getResponse()));
    } catch (MalformedLogException e) {
      waiting.completeExceptionally(e);
    }
  }

  @Override
  public synchronized void supersede() {
    if (!over) {
      over = true;
      orders.onCompleted();
    }
  }

  private synchronized void send(WorkOrder order) {
    if (!over && !orders.isCancelled()) {
      orders.onNext(order);
    }
  }
}
