package dev.retort.wire;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A call to the coordinator that failed; the message is for the operator, and says what to do. */
public final class CoordinatorCallException extends Exception {

  private final Status.Code code;
  private final @Nullable ErrorReason reason;

  private CoordinatorCallException(
      String message, Status.Code code, @Nullable ErrorReason reason, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
  }

  /**
   * Explains a failed call.
   *
   * @param target the coordinator's address, for the message
   */
  public static CoordinatorCallException of(StatusRuntimeException error, String target) {
    ErrorReason reason = ErrorReason.of(error);
    Status status = error.getStatus();
    String message = "coordinator " + target + ": " + explain(status, reason);
    return new CoordinatorCallException(message, status.getCode(), reason, error);
  }

  /** The coordinator answered with something that the contract does not allow. */
  static CoordinatorCallException malformed(String what, String target) {
    return new CoordinatorCallException(
        "coordinator " + target + " breaks the protocol: " + what,
        Status.Code.INTERNAL,
        null,
        null);
  }

  private static String explain(Status status, @Nullable ErrorReason reason) {
    String description = String.valueOf(status.getDescription());
    if (reason != null) {
      return reason + ": " + description;
    }
    CertificateException certificate = causeOf(CertificateException.class, status.getCause());
    if (certificate != null) {
      // The one thrown deepest says most; JSSE wraps it.
      return "its certificate is not trusted: " + certificate.getMessage()
          + ". This program trusts only the root of its own federation; check the address and the host names of the"
          + " server's certificate (--host of coordinator init), or join again with a new token";
    }
    SSLException tls = causeOf(SSLException.class, status.getCause());
    if (tls != null) {
      return "the TLS handshake failed: " + tls.getMessage()
          + ". Either the certificate of this program has"
          + " expired or is of another federation (join again with a new token), or the server does not speak TLS 1.3";
    }
    if (status.getCode() == Status.Code.UNAVAILABLE) {
      Throwable root = rootOf(status.getCause());
      return "it cannot be reached: "
          + (root == null || root.getMessage() == null ? description : root.getMessage())
          + ". Check the address, that the coordinator runs, and that this program's certificate is of its federation";
    }
    if (status.getCode() == Status.Code.UNIMPLEMENTED) {
      return "it does not know this call: its software is older than this program's; upgrade it";
    }
    return status.getCode() + ": " + description;
  }

  private static <T extends Throwable> @Nullable T causeOf(
      Class<T> kind, @Nullable Throwable error) {
    T found = null;
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        found = kind.cast(each);
      }
    }
    return found;
  }

  private static @Nullable Throwable rootOf(@Nullable Throwable error) {
    Throwable each = error;
    while (each != null && each.getCause() != null) {
      each = each.getCause();
    }
    return each;
  }

  /** The status code of the call. */
  public Status.Code code() {
    return code;
  }

  /** The coordinator's reason, or null if the call did not get as far as a service. */
  public @Nullable ErrorReason reason() {
    return reason;
  }

  /** Whether the same call may succeed later without anybody's help. */
  public boolean isTransient() {
    return code == Status.Code.UNAVAILABLE && causeOf(SSLException.class, getCause()) == null;
  }
}
