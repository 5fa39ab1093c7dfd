package dev.retort.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

/**
 * Every reason for which a call may fail with a status: the machine-readable half of an error. It travels as a
 * {@code google.rpc.ErrorInfo} (domain {@code retort}) in the status details. Expected refusals are no errors: they are
 * answers.
 */
public enum ErrorReason {
  /** A field breaks its rule; the message names the field, the rule and the value. */
  INVALID_FIELD(Status.Code.INVALID_ARGUMENT),
  /** A message of a stream came out of turn. */
  UNEXPECTED_MESSAGE(Status.Code.INVALID_ARGUMENT),
  /** The call needs a certificate of this federation, and the peer showed none. */
  CERTIFICATE_REQUIRED(Status.Code.UNAUTHENTICATED),
  /** The peer's certificate is of this federation, and does not say who its holder is. */
  CERTIFICATE_INVALID(Status.Code.UNAUTHENTICATED),
  /** The peer is known, and its role may not call this service. */
  ROLE_NOT_ALLOWED(Status.Code.PERMISSION_DENIED),
  /** The node holds a certificate, and is not (or no longer) in the coordinator's directory. */
  NODE_NOT_ENROLLED(Status.Code.PERMISSION_DENIED),
  /** The peer calls too often; try again later. */
  TOO_MANY_CALLS(Status.Code.RESOURCE_EXHAUSTED),
  /** The server is stopping; try again. */
  SHUTTING_DOWN(Status.Code.UNAVAILABLE),
  /** Something went wrong inside the server. The message holds a number to look up in its log, and nothing else. */
  INTERNAL(Status.Code.UNAVAILABLE),
  /** A newer connection of the same node has taken this one's place. */
  CONNECTION_REPLACED(Status.Code.ABORTED),
  /** What the caller refers to has changed meanwhile; read again and repeat. */
  STALE_REQUEST(Status.Code.ABORTED);

  private static final String DOMAIN = "retort";

  private final Status.Code code;

  ErrorReason(Status.Code code) {
    this.code = code;
  }

  /** The status code that goes with the reason. */
  public Status.Code code() {
    return code;
  }

  /**
   * The error to throw from a service.
   *
   * @param message for the caller's operator: nothing internal, nothing private
   */
  public StatusRuntimeException because(String message) {
    return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
        .setCode(code.value())
        .setMessage(message)
        .addDetails(
            Any.pack(ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(name()).build()))
        .build());
  }

  /** The reason that an error carries, or null if it carries none: it was not made by a service of ours. */
  public static @Nullable ErrorReason of(Throwable error) {
    if (!(error instanceof StatusRuntimeException) && !(error instanceof StatusException)) {
      return null;
    }
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    if (status == null) {
      return null;
    }
    for (Any detail : status.getDetailsList()) {
      ErrorReason reason = of(detail);
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }

  private static @Nullable ErrorReason of(Any detail) {
    if (!detail.is(ErrorInfo.class)) {
      return null;
    }
    try {
      ErrorInfo info = detail.unpack(ErrorInfo.class);
      for (ErrorReason reason : values()) {
        if (info.getDomain().equals(DOMAIN) && info.getReason().equals(reason.name())) {
          return reason;
        }
      }
      return null;
    } catch (InvalidProtocolBufferException e) {
      return null; // A malformed detail says nothing; the status code still stands.
    }
  }
}
