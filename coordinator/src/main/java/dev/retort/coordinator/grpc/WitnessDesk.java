package dev.retort.coordinator.grpc;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.round.NodeLink;
import dev.retort.coordinator.round.NodeLinks;
import dev.retort.coordinator.witness.LedgerWitness;
import dev.retort.coordinator.witness.NodeKeys;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.ListWitnessesResponse;
import dev.retort.proto.v1.WitnessNode;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.ErrorReason;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessOutcome.Reason;
import dev.retort.witness.WitnessOutcome.Refused;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a node's questions to witnesses: those to the coordinator, and as post office those to other nodes. */
public final class WitnessDesk {

  private static final Logger LOG = LoggerFactory.getLogger(WitnessDesk.class);

  /** Below the time after which the asking node gives the call up. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LedgerWitness own;
  private final NodeLinks links;
  private final NodeKeys keys;

  /** Asks {@code own} for the coordinator, and the nodes of {@code links}. */
  public WitnessDesk(LedgerWitness own, NodeLinks links, NodeKeys keys) {
    this.own = own;
    this.links = links;
    this.keys = keys;
  }

  void add(
      String caller, AddCheckpointRequest request, StreamObserver<AddCheckpointResponse> response) {
    WireWitness.Question question;
    try {
      question = WireWitness.question(request);
    } catch (MalformedLogException e) {
      throw ErrorReason.INVALID_FIELD.because(String.valueOf(e.getMessage()));
    }
    if (question.witness().isEmpty()) {
      answer(response, own.add(caller, question));
    } else {
      passOn(caller, question, response);
    }
  }

  private void passOn(
      String caller,
      WireWitness.Question question,
      StreamObserver<AddCheckpointResponse> response) {
    Optional<NodeLink> link = links
        .of(question.witness())
        .filter(open -> open.isWitness() && !open.nodeId().equals(caller));
    if (link.isEmpty()) {
      answer(
          response,
          new Refused(
              Reason.UNREACHABLE,
              "witness must be another node that is connected and serves as one"));
      return;
    }
    VerifierKey ledger;
    try {
      Optional<VerifierKey> known = own.ledgerKey(caller);
      if (known.isEmpty()) {
        answer(
            response,
            new Refused(
                Reason.UNKNOWN_LOG,
                "the coordinator must have seen a checkpoint of the log first"));
        return;
      }
      ledger = known.get();
    } catch (LogUnavailableException e) {
      LOG.error("the witness's store cannot be read", e);
      throw ErrorReason.INTERNAL.because("the witness's store cannot be read");
    }
    var unused = link.get()
        .witness(ledger, question)
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failure -> new Refused(
            Reason.UNREACHABLE, "the witness gave no answer within " + PATIENCE.toSeconds() + " s"))
        .thenAccept(outcome -> answer(response, outcome));
  }

  ListWitnessesResponse list(String caller) {
    ListWitnessesResponse.Builder response = ListWitnessesResponse.newBuilder();
    links.all().stream()
        .filter(link -> link.isWitness() && !link.nodeId().equals(caller))
        .sorted(Comparator.comparing(NodeLink::nodeId))
        .forEach(link -> keys.identityKey(link.nodeId())
            .ifPresent(key -> response.addWitnesses(WitnessNode.newBuilder()
                .setNodeId(link.nodeId())
                .setIdentityKey(ByteString.copyFrom(key)))));
    return response.build();
  }

  private static void answer(
      StreamObserver<AddCheckpointResponse> response, WitnessOutcome outcome) {
    response.onNext(WireWitness.response(outcome));
    response.onCompleted();
  }
}
