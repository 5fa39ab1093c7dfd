package dev.retort.node.session;

import com.google.protobuf.ByteString;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.ledger.Limit;
import dev.retort.ledger.ReleaseProof;
import dev.retort.proto.v1.LabelBlockMessage;
import dev.retort.proto.v1.LabelRequest;
import dev.retort.proto.v1.LabelsRefused;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.NodeReady;
import dev.retort.proto.v1.OfferAccepted;
import dev.retort.proto.v1.OfferAnswer;
import dev.retort.proto.v1.OfferDeclined;
import dev.retort.proto.v1.Pong;
import dev.retort.proto.v1.StudyAbandoned;
import dev.retort.proto.v1.StudyOffer;
import dev.retort.proto.v1.SumFrame;
import dev.retort.proto.v1.SumRelease;
import dev.retort.proto.v1.SumRequest;
import dev.retort.proto.v1.TeacherProgress;
import dev.retort.proto.v1.TeachersReady;
import dev.retort.proto.v1.WitnessAnswer;
import dev.retort.proto.v1.WitnessRequest;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SessionProposal;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.SampleRange;
import dev.retort.wire.WireWitness;

/** The work stream's messages as records, and back. */
final class WireOrders {

  private static final int MAX_STUDY_ID = 128;

  private WireOrders() {}

  /**
   * Reads an order.
   *
   * @throws MalformedOrderException if a field breaks its rule, or the order is of a kind that this version lacks
   */
  static Order order(WorkOrder message) throws MalformedOrderException {
    return switch (message.getOrderCase()) {
      case STUDY_OFFER -> offer(message.getStudyOffer());
      case LABEL_REQUEST -> labels(message.getLabelRequest());
      case STUDY_CLOSED -> new Order.Close(studyId(message.getStudyClosed().getStudyId()));
      case PING -> new Order.Ping(message.getPing().getNonce());
      case WITNESS_REQUEST -> witness(message.getWitnessRequest());
      case SUM_FRAME ->
        new Order.Frame(
            studyId(message.getSumFrame().getStudyId()),
            Octets.of(message.getSumFrame().getFrame().toByteArray()));
      case SUM_REQUEST -> sum(message.getSumRequest());
      case ROUND_OPENED ->
        new Order.Round(
            studyId(message.getRoundOpened().getStudyId()),
            message.getRoundOpened().getRound(),
            Octets.of(message.getRoundOpened().getInput().toByteArray()));
      case ORDER_NOT_SET ->
        throw new MalformedOrderException("order must be of a kind that this version knows");
    };
  }

  private static Order witness(WitnessRequest request) throws MalformedOrderException {
    try {
      return new Order.BeWitness(
          request.getId(),
          VerifierKey.parse(request.getLogKey()),
          WireWitness.question(request.getRequest()));
    } catch (MalformedLogException e) {
      throw new MalformedOrderException("witness request must be readable: " + e.getMessage());
    }
  }

  private static Order offer(StudyOffer offer) throws MalformedOrderException {
    // Else the text would have another digest than the bytes that were sent.
    if (!offer.getPlan().isValidUtf8()) {
      throw new MalformedOrderException("plan must be UTF-8");
    }
    return new Order.Offer(studyId(offer.getStudyId()), offer.getPlan().toStringUtf8());
  }

  private static Order labels(LabelRequest request) throws MalformedOrderException {
    return new Order.Labels(
        studyId(request.getStudyId()),
        request.getRound(),
        range(request.getFirstSample(), request.getSampleCount()));
  }

  private static Order sum(SumRequest request) throws MalformedOrderException {
    if (request.getRound() != 0
        || request.getSegment() < 0
        || request.getSegment() >= SessionProposal.MAX_SEGMENTS) {
      throw new MalformedOrderException("sum request must have round 0 and segment < "
          + SessionProposal.MAX_SEGMENTS + ": " + Integer.toUnsignedString(request.getRound())
          + ", " + Integer.toUnsignedString(request.getSegment()));
    }
    return new Order.Sum(
        studyId(request.getStudyId()),
        request.getSegment(),
        range(request.getFirstSample(), request.getSampleCount()));
  }

  private static SampleRange range(long first, int count) throws MalformedOrderException {
    if (first < 0 || count < 1 || first > Long.MAX_VALUE - count) {
      throw new MalformedOrderException("label request must have first_sample >= 0 and sample_count"
          + " >= 1: " + first + ", " + count);
    }
    return new SampleRange(first, count);
  }

  private static String studyId(String id) throws MalformedOrderException {
    if (id.isEmpty()
        || id.length() > MAX_STUDY_ID
        || !id.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new MalformedOrderException("study_id must be 1 to " + MAX_STUDY_ID
          + " printable ASCII characters: " + id.length() + " characters");
    }
    return id;
  }

  /** Writes a report. */
  static NodeEvent event(Report report) {
    NodeEvent.Builder event = NodeEvent.newBuilder();
    if (report instanceof Report.Ready ready) {
      event.setReady(
          NodeReady.newBuilder().setSoftware(ready.software()).setWitness(ready.witness()));
    } else if (report instanceof Report.Accepted accepted) {
      event.setOfferAnswer(OfferAnswer.newBuilder()
          .setStudyId(accepted.studyId())
          .setAccepted(OfferAccepted.newBuilder().setTeachers(accepted.teachers())));
    } else if (report instanceof Report.Declined declined) {
      event.setOfferAnswer(OfferAnswer.newBuilder()
          .setStudyId(declined.studyId())
          .setDeclined(OfferDeclined.newBuilder()
              .setReason(reason(declined.reason()))
              .setMessage(declined.message())));
    } else if (report instanceof Report.Progressed progress) {
      event.setTeacherProgress(TeacherProgress.newBuilder()
          .setStudyId(progress.studyId())
          .setTrained(progress.trained())
          .setTotal(progress.total()));
    } else if (report instanceof Report.TeachersReady ready) {
      event.setTeachersReady(
          TeachersReady.newBuilder().setStudyId(ready.studyId()).setRound(ready.round()));
    } else if (report instanceof Report.Refused refused) {
      event.setLabelsRefused(LabelsRefused.newBuilder()
          .setStudyId(refused.studyId())
          .setFirstSample(refused.block().first())
          .setSampleCount(refused.block().count())
          .setAskedPicoRho(refused.asked().picoRho())
          .setLeftPicoRho(refused.left().picoRho())
          .setReason(
              refused.limit() instanceof Limit.Quota
                  ? LabelsRefused.Reason.REASON_QUOTA
                  : LabelsRefused.Reason.REASON_BUDGET));
    } else if (report instanceof Report.OfSum ofSum) {
      event.setSumFrame(SumFrame.newBuilder()
          .setStudyId(ofSum.studyId())
          .setFrame(ByteString.copyFrom(ofSum.frame().bytes())));
    } else if (report instanceof Report.Shown shown) {
      event.setSumRelease(SumRelease.newBuilder()
          .setStudyId(shown.studyId())
          .setFirstSample(shown.block().first())
          .setSampleCount(shown.block().count())
          .setCommitment(ByteString.copyFrom(shown.commitment().bytes()))
          .setChargeSequence(shown.proof().charge().seq())
          .setProof(WireWitness.proof(shown.proof())));
    } else if (report instanceof Report.Abandoned abandoned) {
      event.setStudyAbandoned(StudyAbandoned.newBuilder()
          .setStudyId(abandoned.studyId())
          .setMessage(abandoned.message()));
    } else if (report instanceof Report.Witnessed witnessed) {
      event.setWitnessAnswer(WitnessAnswer.newBuilder()
          .setId(witnessed.id())
          .setResponse(WireWitness.response(witnessed.outcome())));
    } else if (report instanceof Report.Pong pong) {
      event.setPong(Pong.newBuilder().setNonce(pong.nonce()));
    }
    return event.build();
  }

  private static OfferDeclined.Reason reason(Report.Declined.Reason reason) {
    return switch (reason) {
      case NOT_APPROVED -> OfferDeclined.Reason.REASON_NOT_APPROVED;
      case POLICY -> OfferDeclined.Reason.REASON_POLICY;
      case DATA_MISMATCH -> OfferDeclined.Reason.REASON_DATA_MISMATCH;
      case UNSUPPORTED -> OfferDeclined.Reason.REASON_UNSUPPORTED;
    };
  }

  /** Writes a released block. */
  static LabelBlockMessage block(String studyId, int round, LabelBlock block, ReleaseProof proof) {
    return LabelBlockMessage.newBuilder()
        .setStudyId(studyId)
        .setRound(round)
        .setFirstSample(block.firstSample())
        .setSampleCount(block.count())
        .setClasses(block.classes())
        .setValues(ByteString.copyFrom(LabelBlockCodec.encode(block)))
        .setChargeSequence(proof.charge().seq())
        .setProof(WireWitness.proof(proof))
        .build();
  }
}
