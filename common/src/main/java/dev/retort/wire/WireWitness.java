package dev.retort.wire;

import com.google.protobuf.ByteString;
import dev.retort.ledger.EntryProof;
import dev.retort.ledger.ReleaseProof;
import dev.retort.ledger.ReleaseProof.Flaw;
import dev.retort.ledger.ReleaseProof.UnprovenReleaseException;
import dev.retort.merkle.Digest;
import dev.retort.proto.v1.AddCheckpointRequest;
import dev.retort.proto.v1.AddCheckpointResponse;
import dev.retort.proto.v1.CheckpointConflict;
import dev.retort.proto.v1.CheckpointCosigned;
import dev.retort.proto.v1.CheckpointRefused;
import dev.retort.proto.v1.KeyRotationProof;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.ReleaseProofMessage;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedRotation;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.WitnessOutcome.Reason;
import java.util.ArrayList;
import java.util.List;

/** Questions to witnesses, their answers, and proofs of releases as messages, and back. */
public final class WireWitness {

  /** A path in a tree of fewer than 2^63 leaves. */
  private static final int MAX_PATH_DIGESTS = 63;

  private WireWitness() {}

  /**
   * What the owner of a log asks a witness.
   *
   * @param witness empty for the coordinator, else a node's id
   * @param oldSize the size from which the proof leads
   * @param proof the consistency proof
   * @param note the checkpoint as the log signed it
   * @param rotations the log's changes of key since then, oldest first
   */
  public record Question(
      String witness,
      long oldSize,
      List<Digest> proof,
      String note,
      List<SignedRotation> rotations) {
    public Question {
      proof = List.copyOf(proof);
      rotations = List.copyOf(rotations);
    }

    /** The same question to another witness. */
    public Question to(String other) {
      return new Question(other, oldSize, proof, note, rotations);
    }
  }

  /** Writes a question. */
  public static AddCheckpointRequest request(Question question) {
    return AddCheckpointRequest.newBuilder()
        .setWitness(question.witness())
        .setOldSize(question.oldSize())
        .addAllProof(bytes(question.proof()))
        .setNote(question.note())
        .addAllRotations(question.rotations().stream()
            .map(one -> KeyRotationProof.newBuilder()
                .setEnvelope(ByteString.copyFrom(one.envelope().encode()))
                .addAllPath(bytes(one.path()))
                .build())
            .toList())
        .build();
  }

  /**
   * Reads a question.
   *
   * @throws MalformedLogException if a digest is not 32 bytes long, there are too many, or a rotation cannot be read
   */
  public static Question question(AddCheckpointRequest request) throws MalformedLogException {
    List<SignedRotation> rotations = new ArrayList<>();
    for (KeyRotationProof one : request.getRotationsList()) {
      rotations.add(rotation(one.getEnvelope(), digests("path", one.getPathList())));
    }
    return new Question(
        request.getWitness(),
        request.getOldSize(),
        digests("proof", request.getProofList()),
        request.getNote(),
        rotations);
  }

  private static SignedRotation rotation(ByteString envelope, List<Digest> path)
      throws MalformedLogException {
    return SignedRotation.of(Envelope.parse(envelope.toByteArray()), path);
  }

  /** Writes an answer. */
  public static AddCheckpointResponse response(WitnessOutcome outcome) {
    AddCheckpointResponse.Builder response = AddCheckpointResponse.newBuilder();
    if (outcome instanceof WitnessOutcome.Cosigned cosigned) {
      response.setCosigned(CheckpointCosigned.newBuilder().setLines(cosigned.lines()));
    } else if (outcome instanceof WitnessOutcome.Conflict conflict) {
      String note = conflict.note();
      response.setConflict(CheckpointConflict.newBuilder()
          .setSize(conflict.size())
          .setNote(note == null ? "" : note)
          .addAllRotations(conflict.rotations().stream()
              .map(one -> ByteString.copyFrom(one.envelope().encode()))
              .toList()));
    } else if (outcome instanceof WitnessOutcome.Refused refused) {
      response.setRefused(CheckpointRefused.newBuilder()
          .setReason(reason(refused.reason()))
          .setMessage(refused.message()));
    }
    return response.build();
  }

  /**
   * Reads an answer.
   *
   * @throws MalformedLogException if it is of no kind that this version knows, or a rotation cannot be read
   */
  public static WitnessOutcome outcome(AddCheckpointResponse response)
      throws MalformedLogException {
    return switch (response.getOutcomeCase()) {
      case COSIGNED -> new WitnessOutcome.Cosigned(response.getCosigned().getLines());
      case CONFLICT -> {
        String note = response.getConflict().getNote();
        List<SignedRotation> rotations = new ArrayList<>();
        for (ByteString envelope : response.getConflict().getRotationsList()) {
          rotations.add(rotation(envelope, List.of()));
        }
        yield new WitnessOutcome.Conflict(
            response.getConflict().getSize(), note.isEmpty() ? null : note, rotations);
      }
      case REFUSED ->
        new WitnessOutcome.Refused(
            reason(response.getRefused().getReason()), response.getRefused().getMessage());
      case OUTCOME_NOT_SET ->
        throw new MalformedLogException("a witness's answer must be of a kind that is known");
    };
  }

  /** Writes a proof. */
  public static ReleaseProofMessage proof(ReleaseProof proof) {
    return ReleaseProofMessage.newBuilder()
        .setChargeEnvelope(ByteString.copyFrom(proof.charge().envelope().encode()))
        .addAllChargePath(bytes(proof.charge().path()))
        .setReleaseSequence(proof.release().seq())
        .setReleaseEnvelope(ByteString.copyFrom(proof.release().envelope().encode()))
        .addAllReleasePath(bytes(proof.release().path()))
        .setTreeSize(proof.size())
        .build();
  }

  /**
   * Reads the proof that a block came with.
   *
   * @throws UnprovenReleaseException if it came with none, or with one that breaks its form
   */
  public static ReleaseProof proof(LabelBlockMessage block) throws UnprovenReleaseException {
    if (!block.hasProof()) {
      throw new UnprovenReleaseException(
          Flaw.MISSING, "a block must come with the proof of its release");
    }
    return proof(block.getChargeSequence(), block.getProof());
  }

  /**
   * Reads a proof.
   *
   * @param charge the sequence number of the charge
   * @throws UnprovenReleaseException if it breaks its form
   */
  public static ReleaseProof proof(long charge, ReleaseProofMessage proof)
      throws UnprovenReleaseException {
    try {
      return new ReleaseProof(
          new EntryProof(
              charge,
              Envelope.parse(proof.getChargeEnvelope().toByteArray()),
              digests("charge_path", proof.getChargePathList())),
          new EntryProof(
              proof.getReleaseSequence(),
              Envelope.parse(proof.getReleaseEnvelope().toByteArray()),
              digests("release_path", proof.getReleasePathList())),
          proof.getTreeSize());
    } catch (MalformedLogException e) {
      throw new UnprovenReleaseException(Flaw.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static List<ByteString> bytes(List<Digest> digests) {
    return digests.stream().map(digest -> ByteString.copyFrom(digest.bytes())).toList();
  }

  private static List<Digest> digests(String field, List<ByteString> bytes)
      throws MalformedLogException {
    if (bytes.size() > MAX_PATH_DIGESTS) {
      throw new MalformedLogException(
          field + " must be at most " + MAX_PATH_DIGESTS + " digests long: " + bytes.size());
    }
    List<Digest> digests = new ArrayList<>();
    for (ByteString one : bytes) {
      if (one.size() != Digest.BYTES) {
        throw new MalformedLogException(
            field + " must hold digests of " + Digest.BYTES + " bytes: " + one.size());
      }
      digests.add(Digest.ofBytes(one.toByteArray()));
    }
    return digests;
  }

  private static CheckpointRefused.Reason reason(Reason reason) {
    return switch (reason) {
      case MALFORMED -> CheckpointRefused.Reason.REASON_MALFORMED;
      case SIGNATURE -> CheckpointRefused.Reason.REASON_SIGNATURE;
      case UNKNOWN_LOG -> CheckpointRefused.Reason.REASON_UNKNOWN_LOG;
      case UNREACHABLE -> CheckpointRefused.Reason.REASON_UNREACHABLE;
      case STORE -> CheckpointRefused.Reason.REASON_STORE;
    };
  }

  private static Reason reason(CheckpointRefused.Reason reason) {
    return switch (reason) {
      case REASON_SIGNATURE -> Reason.SIGNATURE;
      case REASON_UNKNOWN_LOG -> Reason.UNKNOWN_LOG;
      case REASON_UNREACHABLE -> Reason.UNREACHABLE;
      case REASON_STORE -> Reason.STORE;
      case REASON_MALFORMED, REASON_UNSPECIFIED, UNRECOGNIZED -> Reason.MALFORMED;
    };
  }
}
