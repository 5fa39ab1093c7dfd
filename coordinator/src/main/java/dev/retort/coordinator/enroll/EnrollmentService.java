package dev.retort.coordinator.enroll;

import com.google.protobuf.ByteString;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.InvalidNodeIdException;
import dev.retort.identity.NodeId;
import dev.retort.proto.v1.BeginEnrollmentRequest;
import dev.retort.proto.v1.BeginEnrollmentResponse;
import dev.retort.proto.v1.EnrollRequest;
import dev.retort.proto.v1.EnrollResponse;
import dev.retort.proto.v1.EnrollmentGranted;
import dev.retort.proto.v1.EnrollmentGrpc;
import dev.retort.proto.v1.EnrollmentRefused;
import dev.retort.wire.ErrorReason;
import io.grpc.stub.StreamObserver;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** The Enrollment service of the wire contract. */
public final class EnrollmentService extends EnrollmentGrpc.EnrollmentImplBase {

  private static final int MAC_BYTES = 32;
  private static final int MAX_REQUEST_BYTES = 8192;

  private final Enrollment enrollment;
  private final String federation;
  private final ByteString coordinatorIdentityKey;

  /**
   * The service.
   *
   * @param coordinatorIdentityKey the Ed25519 key, 32 bytes, by which the coordinator signs manifests
   */
  public EnrollmentService(
      Enrollment enrollment, FederationName federation, byte[] coordinatorIdentityKey) {
    this.enrollment = enrollment;
    this.federation = federation.value();
    this.coordinatorIdentityKey = ByteString.copyFrom(coordinatorIdentityKey);
  }

  @Override
  public void beginEnrollment(
      BeginEnrollmentRequest request, StreamObserver<BeginEnrollmentResponse> responses) {
    byte[] nonce = enrollment.begin(nodeId(request.getNodeId()));
    if (nonce == null) {
      throw ErrorReason.TOO_MANY_CALLS.because(
          "too many nodes are joining: try again in two minutes");
    }
    responses.onNext(BeginEnrollmentResponse.newBuilder()
        .setNonce(ByteString.copyFrom(nonce))
        .build());
    responses.onCompleted();
  }

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> responses) {
    if (request.getCertificateRequest().size() > MAX_REQUEST_BYTES) {
      throw ErrorReason.INVALID_FIELD.because("certificate_request must be at most 8192 bytes: "
          + request.getCertificateRequest().size());
    }
    EnrollmentOutcome outcome = enrollment.enroll(new EnrollmentAttempt(
        nodeId(request.getNodeId()),
        exactly(Nonces.NONCE_BYTES, "nonce", request.getNonce()),
        request.getCertificateRequest().toByteArray(),
        exactly(IdentityKey.PUBLIC_KEY_BYTES, "identity_key", request.getIdentityKey()),
        exactly(IdentityKey.SIGNATURE_BYTES, "identity_signature", request.getIdentitySignature()),
        exactly(MAC_BYTES, "mac", request.getMac())));
    responses.onNext(
        outcome instanceof EnrollmentOutcome.Granted granted
            ? granted(granted)
            : refused((EnrollmentOutcome.Refused) outcome));
    responses.onCompleted();
  }

  private static NodeId nodeId(String text) {
    try {
      return NodeId.parse(text);
    } catch (InvalidNodeIdException e) {
      throw ErrorReason.INVALID_FIELD.because(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] exactly(int bytes, String field, ByteString value) {
    if (value.size() != bytes) {
      throw ErrorReason.INVALID_FIELD.because(
          field + " must be " + bytes + " bytes: " + value.size());
    }
    return value.toByteArray();
  }

  private EnrollResponse granted(EnrollmentOutcome.Granted outcome) {
    EnrollmentGranted.Builder granted = EnrollmentGranted.newBuilder()
        .setCoordinatorIdentityKey(coordinatorIdentityKey)
        .setFederation(federation);
    for (X509Certificate certificate : outcome.chain()) {
      try {
        granted.addCertificateChain(ByteString.copyFrom(certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("an issued certificate is encodable", e);
      }
    }
    return EnrollResponse.newBuilder().setGranted(granted).build();
  }

  private static EnrollResponse refused(EnrollmentOutcome.Refused outcome) {
    return EnrollResponse.newBuilder()
        .setRefused(EnrollmentRefused.newBuilder()
            .setReason(reason(outcome.reason()))
            .setMessage(outcome.message()))
        .build();
  }

  private static EnrollmentRefused.Reason reason(EnrollmentOutcome.Reason reason) {
    return switch (reason) {
      case TOKEN_UNKNOWN -> EnrollmentRefused.Reason.REASON_TOKEN_UNKNOWN;
      case TOKEN_USED -> EnrollmentRefused.Reason.REASON_TOKEN_USED;
      case TOKEN_EXPIRED -> EnrollmentRefused.Reason.REASON_TOKEN_EXPIRED;
      case TOKEN_REVOKED -> EnrollmentRefused.Reason.REASON_TOKEN_REVOKED;
      case REQUEST_INVALID -> EnrollmentRefused.Reason.REASON_REQUEST_INVALID;
    };
  }
}
