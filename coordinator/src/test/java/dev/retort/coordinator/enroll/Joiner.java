package dev.retort.coordinator.enroll;

import dev.retort.identity.CertificateRequest;
import dev.retort.identity.EnrollmentProof;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.JoinToken;
import dev.retort.identity.NodeId;
import java.security.SecureRandom;

/** A joining node's side of the proofs, whose parts a test may bend. */
record Joiner(NodeId node, IdentityKey identity, CertificateRequest request) {

  private static final SecureRandom RANDOM = new SecureRandom();

  static Joiner fresh(NodeId node) {
    return new Joiner(
        node,
        IdentityKey.generate(RANDOM),
        CertificateRequest.create(CertificateRequest.generateKeyPair(RANDOM)));
  }

  EnrollmentAttempt attempt(JoinToken token, byte[] nonce) {
    byte[] der = request.der();
    byte[] key = identity.publicKey();
    return new EnrollmentAttempt(
        node,
        nonce,
        der,
        key,
        identity.sign(EnrollmentProof.identityMessage(der, node)),
        EnrollmentProof.mac(token.secretHash(), der, key, nonce));
  }
}
