package dev.retort.coordinator.enroll;

import dev.retort.identity.NodeId;

/**
 * What a joining node has sent, not yet believed. Used within one call; the arrays are not changed.
 *
 * @param nonce of {@link Enrollment#begin}
 * @param request the certificate request's DER
 * @param identityKey an Ed25519 key
 * @param identitySignature by that key, over the request and the node id
 * @param mac under the token's secret, over all of it
 */
@SuppressWarnings(
    "ArrayRecordComponent") // A carrier between one service method and the domain; never compared.
public record EnrollmentAttempt(
    NodeId node,
    byte[] nonce,
    byte[] request,
    byte[] identityKey,
    byte[] identitySignature,
    byte[] mac) {}
