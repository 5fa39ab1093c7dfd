package dev.retort.coordinator.grpc;

import com.google.protobuf.ByteString;
import dev.retort.coordinator.round.StudyView;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.StudyState;
import dev.retort.proto.v1.NodeStatus;
import dev.retort.proto.v1.StudyStatus;
import dev.retort.wire.TrafficMeter;
import java.util.Locale;

/** Study snapshots as messages. Thread-safe. */
public final class WireStatus {

  private final TrafficMeter traffic;

  /** Adds the totals of {@code traffic} to every status. */
  public WireStatus(TrafficMeter traffic) {
    this.traffic = traffic;
  }

  StudyStatus status(StudyView view) {
    StudyState state = view.study().state();
    StudyStatus.Builder status = StudyStatus.newBuilder()
        .setStudyId(view.study().id())
        .setName(view.study().plan().study())
        .setState(wire(state))
        .setMessage(state instanceof StudyState.Failed failed ? failed.reason() : "")
        .setPlanDigest(ByteString.copyFrom(view.study().planDigest().bytes()))
        .setCreatedMillis(view.study().created().toEpochMilli())
        .setStudentEpochsDone(view.epochsDone())
        .setStudentEpochs(view.epochs())
        .setBytesUp(traffic.bytesReceived())
        .setBytesDown(traffic.bytesSent());
    int teachers = view.study().plan().teachersPerNode();
    view.nodes().forEach(node -> status.addNodes(node(node, teachers)));
    return status.build();
  }

  private static StudyStatus.State wire(StudyState state) {
    if (state instanceof StudyState.Collecting) {
      return StudyStatus.State.STATE_COLLECTING;
    }
    if (state instanceof StudyState.Distilling) {
      return StudyStatus.State.STATE_DISTILLING;
    }
    return state instanceof StudyState.Finished
        ? StudyStatus.State.STATE_FINISHED
        : StudyStatus.State.STATE_FAILED;
  }

  private static NodeStatus node(StudyView.NodeView node, int teachers) {
    NodeStatus.Builder status = NodeStatus.newBuilder()
        .setNodeId(node.nodeId())
        .setTeachers(teachers)
        .setSamplesLabelled(node.samplesLabelled())
        .setSamplesAsked(node.samplesAsked());
    NodeState state = node.state();
    if (state instanceof NodeState.Offered) {
      return status.setPhase(NodeStatus.Phase.PHASE_OFFERED).build();
    }
    if (state instanceof NodeState.Training training) {
      return status
          .setPhase(NodeStatus.Phase.PHASE_TRAINING)
          .setTeachersTrained(training.trained())
          .build();
    }
    if (state instanceof NodeState.Declined declined) {
      return status
          .setPhase(NodeStatus.Phase.PHASE_DECLINED)
          .setMessage(declined.message())
          .build();
    }
    if (state instanceof NodeState.Abandoned abandoned) {
      return status
          .setPhase(NodeStatus.Phase.PHASE_ABANDONED)
          .setMessage(abandoned.message())
          .build();
    }
    if (state instanceof NodeState.AwaitingApproval awaiting) {
      return status
          .setPhase(NodeStatus.Phase.PHASE_AWAITING_APPROVAL)
          .setMessage(awaiting.message())
          .build();
    }
    status.setTeachersTrained(teachers);
    if (state instanceof NodeState.Refused refused) {
      return status
          .setPhase(NodeStatus.Phase.PHASE_REFUSED)
          .setMessage(refused.limit().name().toLowerCase(Locale.ROOT) + ": a block asks "
              + refused.asked() + ", " + refused.left() + " is left")
          .build();
    }
    return status
        .setPhase(
            state instanceof NodeState.Answered
                ? NodeStatus.Phase.PHASE_ANSWERED
                : NodeStatus.Phase.PHASE_ANSWERING)
        .build();
  }
}
