package dev.retort.wire;

import com.google.protobuf.ByteString;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.EnrollmentProof;
import dev.retort.identity.FederationTrust;
import dev.retort.identity.InvalidPeerCertificateException;
import dev.retort.identity.JoinToken;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.PeerIdentity;
import dev.retort.identity.PendingJoin;
import dev.retort.proto.v1.BeginEnrollmentRequest;
import dev.retort.proto.v1.EnrollRequest;
import dev.retort.proto.v1.EnrollResponse;
import dev.retort.proto.v1.EnrollmentGranted;
import dev.retort.proto.v1.EnrollmentGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a node joins a federation: it exchanges its one-time token for a certificate. */
public final class EnrollmentClient {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final String software;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * A client.
   *
   * @param software this program's version, for the coordinator's log
   */
  public EnrollmentClient(String software, Clock clock, SecureRandom random) {
    this.software = software;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Joins, and keeps the credentials in the key directory. Where the connection breaks before the answer is in, the same
   * token may be used again from the same home.
   *
   * @throws AlreadyEnrolledException if the directory holds a node's credentials
   * @throws EnrollmentRefusedException if the coordinator refuses the token or the request; nothing was kept
   * @throws IncompatibleProtocolException if the two programs speak no common protocol; nothing was kept
   * @throws CoordinatorCallException if the coordinator cannot be reached or is not the one that the token names
   * @throws IOException if the key directory cannot be read or written
   */
  public NodeCredentials enroll(JoinToken token, String host, int port, KeyDirectory keys)
      throws AlreadyEnrolledException, EnrollmentRefusedException, IncompatibleProtocolException,
          CoordinatorCallException, IOException {
    if (NodeCredentials.existIn(keys)) {
      throw new AlreadyEnrolledException(NodeCredentials.read(keys).node(), keys.directory());
    }
    String target = host + ":" + port;
    ManagedChannel channel =
        TlsChannel.pinned(host, port, token.rootFingerprint()).build();
    try {
      VersionHandshake.hello(channel, software, target);
      PendingJoin join = PendingJoin.readOrCreate(keys, token, random);
      EnrollRequest request = request(token, join, begin(channel, token, target));
      join.writeTo(keys);
      NodeCredentials credentials =
          answer(send(channel, request, keys, target), token, join, keys, target);
      credentials.writeTo(keys);
      PendingJoin.removeFrom(keys);
      return credentials;
    } finally {
      channel.shutdownNow();
    }
  }

  private static byte[] begin(ManagedChannel channel, JoinToken token, String target)
      throws CoordinatorCallException {
    try {
      return EnrollmentGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .beginEnrollment(BeginEnrollmentRequest.newBuilder()
              .setNodeId(token.node().value())
              .build())
          .getNonce()
          .toByteArray();
    } catch (StatusRuntimeException e) {
      throw CoordinatorCallException.of(e, target);
    }
  }

  private static EnrollRequest request(JoinToken token, PendingJoin join, byte[] nonce) {
    byte[] der = join.request().der();
    byte[] identityKey = join.identity().publicKey();
    return EnrollRequest.newBuilder()
        .setNodeId(token.node().value())
        .setNonce(ByteString.copyFrom(nonce))
        .setCertificateRequest(ByteString.copyFrom(der))
        .setIdentityKey(ByteString.copyFrom(identityKey))
        .setIdentitySignature(ByteString.copyFrom(
            join.identity().sign(EnrollmentProof.identityMessage(der, token.node()))))
        .setMac(
            ByteString.copyFrom(EnrollmentProof.mac(token.secretHash(), der, identityKey, nonce)))
        .build();
  }

  private static EnrollResponse send(
      ManagedChannel channel, EnrollRequest request, KeyDirectory keys, String target)
      throws CoordinatorCallException, IOException {
    try {
      return EnrollmentGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .enroll(request);
    } catch (StatusRuntimeException e) {
      CoordinatorCallException failure = CoordinatorCallException.of(e, target);
      // Without a reason, or with an internal error, the grant may have been made: its keys must
      // not be lost.
      if (failure.reason() != null && failure.reason() != ErrorReason.INTERNAL) {
        PendingJoin.removeFrom(keys);
      }
      throw failure;
    }
  }

  private NodeCredentials answer(
      EnrollResponse response, JoinToken token, PendingJoin join, KeyDirectory keys, String target)
      throws EnrollmentRefusedException, CoordinatorCallException, IOException {
    return switch (response.getOutcomeCase()) {
      case GRANTED -> credentials(response.getGranted(), token, join, target);
      case REFUSED -> {
        PendingJoin.removeFrom(keys);
        throw new EnrollmentRefusedException(
            response.getRefused().getReason(), response.getRefused().getMessage());
      }
      case OUTCOME_NOT_SET ->
        throw CoordinatorCallException.malformed("Enroll has no outcome", target);
    };
  }

  private NodeCredentials credentials(
      EnrollmentGranted granted, JoinToken token, PendingJoin join, String target)
      throws CoordinatorCallException {
    try {
      return credentials(granted, token, join);
    } catch (CertificateException | InvalidPeerCertificateException e) {
      throw CoordinatorCallException.malformed(
          "the certificate that it granted: " + e.getMessage(), target);
    }
  }

  private NodeCredentials credentials(EnrollmentGranted granted, JoinToken token, PendingJoin join)
      throws CertificateException, InvalidPeerCertificateException {
    List<X509Certificate> chain = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (ByteString der : granted.getCertificateChainList()) {
      chain.add((X509Certificate) factory.generateCertificate(der.newInput()));
    }
    X509Certificate root = FederationTrust.pinnedRoot(chain, token.rootFingerprint());
    FederationTrust.verify(chain, root, clock.instant());
    CertifiedKey tls = new CertifiedKey(join.tlsKey(), chain);
    if (!Arrays.equals(
        tls.certificate().getPublicKey().getEncoded(), join.request().publicKeyDer())) {
      throw new CertificateException("key must be the one that this node asked for");
    }
    PeerIdentity peer = tls.peer();
    if (!(peer instanceof PeerIdentity.Node node)
        || !node.id().equals(token.node())
        || !node.federation().value().equals(granted.getFederation())) {
      throw new CertificateException("name must be node " + token.node() + " of federation "
          + granted.getFederation() + ": " + peer.uri());
    }
    try {
      return new NodeCredentials(
          tls, join.identity(), granted.getCoordinatorIdentityKey().toByteArray());
    } catch (IllegalArgumentException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }
}
