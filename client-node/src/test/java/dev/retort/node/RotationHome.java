package dev.retort.node;

import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.CertificateRequest;
import dev.retort.identity.CertifiedKey;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.NodeId;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.privacy.ApproxDp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The home of a node that has joined two federations and has begun its ledger. */
final class RotationHome {

  static final SecureRandom RANDOM = new SecureRandom();
  static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));

  private RotationHome() {}

  static NodeHome make(Path root) throws Exception {
    NodeHome home = new NodeHome(Files.createDirectories(root));
    IdentityKey identity = IdentityKey.generate(RANDOM);
    join("north", identity, KeyDirectory.create(home.root(), RANDOM));
    FederationName south = new FederationName("south");
    join("south", identity, home.furtherKeys(south, RANDOM));
    NodeCredentials credentials = NodeCredentials.read(KeyDirectory.open(home.root(), RANDOM));
    try (PrivacyLedger ledger =
        PrivacyLedger.open(home.ledger(), IdentitySigner.of(credentials.node(), identity), CLOCK)) {
      ledger.openPolicy("main", "record", new ApproxDp(1, 1e-6));
    }
    return home;
  }

  private static void join(String federation, IdentityKey identity, KeyDirectory keys)
      throws Exception {
    CertificateAuthority authority = FederationRoot.create(
            new FederationName(federation), Clock.systemUTC(), RANDOM)
        .issueAuthority(Clock.systemUTC(), RANDOM);
    KeyPair pair = CertificateRequest.generateKeyPair(RANDOM);
    CertifiedKey tls = new CertifiedKey(
        pair.getPrivate(),
        authority.issueNode(
            new NodeId("site-a"), CertificateRequest.create(pair), Duration.ofDays(1)));
    new NodeCredentials(tls, identity, IdentityKey.generate(RANDOM).publicKey()).writeTo(keys);
  }
}
