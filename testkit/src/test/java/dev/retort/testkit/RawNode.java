package dev.retort.testkit;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.study.Study;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.node.NodeHome;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.privacy.ApproxDp;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelReceipt;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NodeReady;
import dev.retort.proto.v1.TeachersReady;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.SignedNote;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.TlsChannel;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import io.grpc.ManagedChannel;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An enrolled node's credentials and ledger in the hands of a test, which says over TLS whatever it likes. */
final class RawNode implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  final NodeCredentials credentials;
  final PrivacyLedger ledger;
  private final ManagedChannel channel;

  RawNode(NodeHome home, int port) throws Exception {
    this(home, port, home.ledger());
  }

  /** With the ledger in a file of its own. */
  RawNode(NodeHome home, int port, Path file) throws Exception {
    credentials = NodeCredentials.read(KeyDirectory.open(home.root(), RANDOM));
    ledger = PrivacyLedger.open(
        file,
        IdentitySigner.of(credentials.node(), credentials.identity()),
        InstantSource.system());
    channel = TlsChannel.mutual("localhost", port, credentials.tls()).build();
  }

  Party party() {
    return Party.ofKey(
        credentials.node().federation().value(), credentials.coordinatorIdentityKey());
  }

  /** Opens budget, data set and campaign for a plan. */
  void prepare(StudyPlan plan, Digest campaign) throws Exception {
    ledger.openPolicy("pictures", "record", new ApproxDp(200, 1e-5));
    ledger.bindDataset(
        new DatasetBind("pictures", Digest.of(new byte[0]), plan.teachers().perNode(), "x/1"));
    ledger.openCampaign(campaign, StudyNoise.mechanism(plan));
  }

  /** Charges and releases labels that are all {@code value}; returns the block and its charge. */
  Released release(StudyPlan plan, Digest campaign, SampleRange range, Party party, int value)
      throws LogUnavailableException {
    int classes = plan.labelSpace().size();
    int[] values = new int[range.count() * classes];
    Arrays.fill(values, value);
    LabelBlock block = new LabelBlock(range.first(), range.count(), classes, values);
    Query query = new Query(
        "pictures",
        campaign,
        Query.batch(plan.transferSetRef().manifest(), range.first(), range.count()),
        range.count());
    long charge = ((Charged) ledger.charge(query, party)).seq();
    ledger.release(charge, block, Digest.of(new byte[0]));
    return new Released(block, charge);
  }

  /** A block and the charge that paid for it. */
  record Released(LabelBlock block, long charge) {}

  /** Shows the ledger's newest tree to the coordinator. */
  WitnessOutcome show(long oldSize) throws Exception {
    return show("", oldSize, ledger.consistency(oldSize, size()), ledger.checkpoint());
  }

  WitnessOutcome show(String witness, long oldSize, List<Digest> proof, String note)
      throws Exception {
    return WireWitness.outcome(FederationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .addCheckpoint(WireWitness.request(
            new WireWitness.Question(witness, oldSize, proof, note, List.of()))));
  }

  long size() throws Exception {
    return Checkpoint.parse(SignedNote.parse(ledger.checkpoint()).text()).size();
  }

  ReleaseProof proof(Released released) throws LogUnavailableException {
    return ledger.releaseProof(released.charge(), ledger.size());
  }

  /** A message with that proof; none if it is to have none. */
  static LabelBlockMessage.Builder message(Study study, LabelBlock block, long charge) {
    return LabelBlockMessage.newBuilder()
        .setStudyId(study.id())
        .setFirstSample(block.firstSample())
        .setSampleCount(block.count())
        .setClasses(block.classes())
        .setValues(ByteString.copyFrom(LabelBlockCodec.encode(block)))
        .setChargeSequence(charge);
  }

  /** Says that its teachers are ready, and waits until it is asked for labels. */
  void beAsked(Study study) throws Exception {
    BlockingClientCall<NodeEvent, WorkOrder> call = FederationGrpc.newBlockingV2Stub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .work();
    boolean unused = call.write(
        NodeEvent.newBuilder().setReady(NodeReady.getDefaultInstance()).build());
    unused = call.write(NodeEvent.newBuilder()
        .setTeachersReady(TeachersReady.newBuilder().setStudyId(study.id()))
        .build());
    for (WorkOrder order = call.read(); order != null; order = call.read()) {
      if (order.hasLabelRequest()) {
        call.cancel("asked", null);
        return;
      }
    }
    throw new AssertionError("the stream ended");
  }

  /** Submits one block; returns the receipt. */
  LabelReceipt submit(LabelBlockMessage message) throws Exception {
    BlockingClientCall<LabelBlockMessage, LabelReceipt> call = FederationGrpc.newBlockingV2Stub(
            channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .submitLabels();
    boolean unused = call.write(message);
    call.halfClose();
    LabelReceipt receipt = call.read();
    if (receipt == null) {
      throw new AssertionError("there was no receipt");
    }
    return receipt;
  }

  @Override
  public void close() throws LogUnavailableException {
    channel.shutdownNow();
    ledger.close();
  }
}
