package dev.retort.wire;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a server to its catalogue of errors: INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
 * UNAVAILABLE and ABORTED, each with an {@link ErrorReason}. Whatever else a service throws or closes with is logged under
 * a fresh incident number and sent as {@link ErrorReason#INTERNAL} with that number alone.
 */
public final class ErrorCatalog implements ServerInterceptor {

  /** The only codes that a service may close with, besides OK. */
  public static final Set<Status.Code> CODES = codes();

  private static final Logger LOG = LoggerFactory.getLogger(ErrorCatalog.class);

  private static Set<Status.Code> codes() {
    EnumSet<Status.Code> codes = EnumSet.noneOf(Status.Code.class);
    for (ErrorReason reason : ErrorReason.values()) {
      codes.add(reason.code());
    }
    return Set.copyOf(codes);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CataloguedCall<Q, R> catalogued = new CataloguedCall<>(call);
    try {
      return new CataloguedListener<>(next.startCall(catalogued, headers), catalogued);
    } catch (RuntimeException e) {
      catalogued.closeBecause(e);
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class CataloguedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private boolean closed;

    CataloguedCall(ServerCall<Q, R> call) {
      super(call);
    }

    void closeBecause(RuntimeException error) {
      if (error instanceof StatusRuntimeException status && ErrorReason.of(status) != null) {
        Metadata trailers = status.getTrailers();
        close(status.getStatus(), trailers == null ? new Metadata() : trailers);
      } else {
        close(Status.UNKNOWN.withCause(error), new Metadata());
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      synchronized (this) {
        if (closed) {
          return; // The service failed again after its call was over; the first failure is the one
          // to tell.
        }
        closed = true;
      }
      if (status.isOk() || ErrorReason.of(new StatusException(status, trailers)) != null) {
        super.close(status, trailers);
        return;
      }
      if (status.getCode() == Status.Code.CANCELLED) {
        super.close(status, trailers); // The caller has gone: nobody reads this.
        return;
      }
      String incident = UUID.randomUUID().toString();
      LOG.error(
          "incident {}: {} failed with {} {}",
          incident,
          getMethodDescriptor().getFullMethodName(),
          status.getCode(),
          status.getDescription(),
          status.getCause());
      StatusRuntimeException told = ErrorReason.INTERNAL.because("internal error, incident "
          + incident + ": the coordinator's log says more; the call may be repeated");
      Metadata reason = told.getTrailers();
      super.close(told.getStatus(), reason == null ? new Metadata() : reason);
    }
  }

  private static final class CataloguedListener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final CataloguedCall<Q, ?> call;

    CataloguedListener(ServerCall.Listener<Q> listener, CataloguedCall<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    private void run(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        call.closeBecause(e);
      }
    }

    @Override
    public void onMessage(Q message) {
      run(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(super::onHalfClose);
    }

    @Override
    public void onReady() {
      run(super::onReady);
    }

    @Override
    public void onCancel() {
      run(super::onCancel);
    }

    @Override
    public void onComplete() {
      run(super::onComplete);
    }
  }
}
