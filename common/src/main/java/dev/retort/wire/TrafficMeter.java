package dev.retort.wire;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the message bytes that a server has received from and sent to its clients: the serialized size of every message
 * and gRPC's frame of 5 bytes, without headers and TLS. In-process calls count as if they had been serialized.
 *
 * <p>Safe for concurrent use; totals only grow.
 */
public final class TrafficMeter implements ServerInterceptor {

  /** A compression flag and a length. */
  private static final int FRAME_BYTES = 5;

  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();

  /** The bytes received from clients since the meter was made. */
  public long bytesReceived() {
    return received.sum();
  }

  /** The bytes sent to clients since the meter was made. */
  public long bytesSent() {
    return sent.sum();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    ServerCall<Q, R> metered = new SimpleForwardingServerCall<>(call) {
      @Override
      public void sendMessage(R message) {
        count(sent, message);
        super.sendMessage(message);
      }
    };
    return new SimpleForwardingServerCallListener<>(next.startCall(metered, headers)) {
      @Override
      public void onMessage(Q message) {
        count(received, message);
        super.onMessage(message);
      }
    };
  }

  private static void count(LongAdder total, Object message) {
    if (message instanceof MessageLite known) {
      total.add((long) known.getSerializedSize() + FRAME_BYTES);
    }
  }
}
