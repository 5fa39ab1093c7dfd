package dev.retort.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.retort.ledger.EntryProof;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.Flaw;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.ReleaseProofMessage;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import dev.retort.witness.WitnessOutcome;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WireWitnessTest {

  private static final Digest ONE = Digest.of(new byte[] {1});

  private static SignedRotation rotation(List<Digest> path) throws MalformedLogException {
    LogSigner before = new UnsafeTestSigner("site-a", "before");
    LogSigner after = new UnsafeTestSigner("site-a", "after");
    TreeMap<String, String> fields = new TreeMap<>();
    fields.put("type", KeyRotation.TYPE);
    fields.put("seq", "4");
    fields.put("prevRoot", ONE.hex());
    fields.put("tick", "60");
    new KeyRotation(VerifierKey.ofLog(before), VerifierKey.ofLog(after)).put(fields);
    return SignedRotation.of(
        Envelope.sign(CanonicalJson.encode(fields), before).signAlso(after), path);
  }

  @Test
  void question_writtenAndRead_isTheSame() throws Exception {
    WireWitness.Question question = new WireWitness.Question(
        "site-b", 7, List.of(ONE, Digest.of(new byte[0])), "a note", List.of());
    assertThat(WireWitness.question(WireWitness.request(question))).isEqualTo(question);
    WireWitness.Question rotated =
        new WireWitness.Question("", 0, List.of(), "a note", List.of(rotation(List.of(ONE))));
    assertThat(WireWitness.question(WireWitness.request(rotated))).isEqualTo(rotated);
    assertThat(rotated.to("site-b").witness()).isEqualTo("site-b");
  }

  @Test
  void question_digestOfAnotherLengthOrTooMany_isMalformed() {
    for (AddCheckpointRequest request : List.of(
        AddCheckpointRequest.newBuilder()
            .addProof(ByteString.copyFrom(new byte[31]))
            .build(),
        AddCheckpointRequest.newBuilder()
            .addAllProof(Collections.nCopies(64, ByteString.copyFrom(ONE.bytes())))
            .build())) {
      assertThatExceptionOfType(MalformedLogException.class)
          .isThrownBy(() -> WireWitness.question(request));
    }
  }

  @Test
  void outcome_writtenAndRead_isTheSame() throws Exception {
    assertReturns(new WitnessOutcome.Cosigned("lines\n"));
    assertReturns(new WitnessOutcome.Conflict(0, null, List.of()));
    assertReturns(new WitnessOutcome.Conflict(9, "a note", List.of(rotation(List.of()))));
    for (WitnessOutcome.Reason reason : WitnessOutcome.Reason.values()) {
      assertReturns(new WitnessOutcome.Refused(reason, "why"));
    }
    assertThatExceptionOfType(MalformedLogException.class)
        .isThrownBy(() -> WireWitness.outcome(AddCheckpointResponse.getDefaultInstance()));
  }

  private static void assertReturns(WitnessOutcome outcome) throws Exception {
    assertThat(WireWitness.outcome(WireWitness.response(outcome))).isEqualTo(outcome);
  }

  @Test
  void proof_writtenAndRead_isTheSame() throws Exception {
    Envelope envelope = Envelope.sign(new byte[] {1, 2}, new UnsafeTestSigner("log", "log"));
    ReleaseProof proof = new ReleaseProof(
        new EntryProof(4, envelope, List.of(ONE)), new EntryProof(6, envelope, List.of()), 9);
    ReleaseProofMessage message = WireWitness.proof(proof);
    ReleaseProof read = WireWitness.proof(
        LabelBlockMessage.newBuilder().setChargeSequence(4).setProof(message).build());
    assertThat(WireWitness.proof(read)).isEqualTo(message);
    assertThat(read.charge().seq()).isEqualTo(4);
    assertThat(read.size()).isEqualTo(9);
  }

  @Test
  void proof_missingOrMalformed_isNamed() {
    assertThatExceptionOfType(UnprovenReleaseException.class)
        .isThrownBy(() -> WireWitness.proof(LabelBlockMessage.getDefaultInstance()))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.MISSING));
    assertThatExceptionOfType(UnprovenReleaseException.class)
        .isThrownBy(() -> WireWitness.proof(LabelBlockMessage.newBuilder()
            .setProof(ReleaseProofMessage.getDefaultInstance())
            .build()))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.MALFORMED));
  }
}
