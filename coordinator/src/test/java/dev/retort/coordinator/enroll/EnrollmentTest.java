package dev.retort.coordinator.enroll;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.coordinator.enroll.EnrollmentOutcome.Granted;
import dev.retort.coordinator.enroll.EnrollmentOutcome.Reason;
import dev.retort.coordinator.enroll.EnrollmentOutcome.Refused;
import dev.retort.identity.CertificateAuthority;
import dev.retort.identity.EnrollmentProof;
import dev.retort.identity.FederationName;
import dev.retort.identity.FederationRoot;
import dev.retort.identity.FederationTrust;
import dev.retort.identity.JoinToken;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnrollmentTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final NodeId SITE = new NodeId("site-1");
  private static final FederationName FED = new FederationName("oncology");

  private final SettableClock clock = new SettableClock(NOW);
  private final CertificateAuthority authority =
      FederationRoot.create(FED, clock, RANDOM).issueAuthority(clock, RANDOM);

  @TempDir
  private Path directory;

  private EnrollmentStore store;
  private Invitations invitations;
  private Enrollment enrollment;

  @BeforeEach
  void open() {
    store = new SqlEnrollmentStore(Databases.sqlite(directory));
    invitations = new Invitations(store, authority.root(), clock, RANDOM);
    enrollment = new Enrollment(store, authority, CertificateAuthority.LEAF_LIFE, clock, RANDOM);
  }

  private JoinToken invite(NodeId node) {
    return ((Invitations.Outcome.Issued) invitations.invite(node, Invitations.DEFAULT_LIFETIME))
        .token();
  }

  private byte[] nonce() {
    return requireNonNull(enrollment.begin(SITE));
  }

  private EnrollmentOutcome join(Joiner joiner, JoinToken token) {
    return enrollment.enroll(joiner.attempt(token, nonce()));
  }

  private static void assertRefused(EnrollmentOutcome outcome, Reason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).as(refused.message()).isEqualTo(reason));
  }

  @Test
  void replaceIdentityKey_keepsTheOldKeyAndTheStatement() throws Exception {
    Joiner joiner = Joiner.fresh(SITE);
    assertThat(join(joiner, invite(SITE))).isInstanceOf(Granted.class);
    byte[] first = joiner.identity().publicKey();
    byte[] second = Joiner.fresh(SITE).identity().publicKey();
    byte[] statement = {1, 2, 3};

    assertThat(store.replaceIdentityKey(SITE, second, first, statement, NOW)).isFalse();
    assertThat(store.replaceIdentityKey(new NodeId("other"), first, second, statement, NOW))
        .isFalse();
    assertThat(store.replaceIdentityKey(SITE, first, second, statement, NOW)).isTrue();
    // Again, as after a crash.
    assertThat(store.replaceIdentityKey(SITE, first, second, statement, NOW)).isFalse();

    assertThat(store.node(SITE)).isEqualTo(new EnrolledNode(SITE, second, NOW));
    List<byte[]> kept = Databases.sqlite(directory)
        .withHandle(db -> db.createQuery("SELECT identity_key FROM replaced_key"
                + " WHERE node_id = 'site-1' AND length(statement) = 3")
            .mapTo(byte[].class)
            .list());
    assertThat(kept).containsExactly(first);
  }

  @Test
  void enroll_withToken_grantsACertificateAndListsTheNode() throws Exception {
    Joiner joiner = Joiner.fresh(SITE);

    EnrollmentOutcome outcome = join(joiner, invite(SITE));

    assertThat(outcome).isInstanceOf(Granted.class);
    var chain = ((Granted) outcome).chain();
    FederationTrust.verify(chain, authority.root(), NOW);
    assertThat(PeerIdentity.of(chain.get(0))).isEqualTo(new PeerIdentity.Node(FED, SITE));
    EnrolledNode node = new EnrolledNode(SITE, joiner.identity().publicKey(), NOW);
    assertThat(store.nodes()).containsExactly(node);
    assertThat(store.node(SITE)).isEqualTo(node);
    assertThat(store.node(new NodeId("other"))).isNull();
  }

  @Test
  void enroll_withUsedToken_isRefusedAndChangesNothing() {
    JoinToken token = invite(SITE);
    Joiner first = Joiner.fresh(SITE);
    join(first, token);

    assertRefused(join(Joiner.fresh(SITE), token), Reason.TOKEN_USED);

    assertThat(store.nodes())
        .containsExactly(new EnrolledNode(SITE, first.identity().publicKey(), NOW));
  }

  /** For a node whose connection broke after the coordinator had granted. */
  @Test
  void enroll_ofTheSameRequestAgain_grantsAgainWhileTheTokenLives() {
    JoinToken token = invite(SITE);
    Joiner joiner = Joiner.fresh(SITE);
    join(joiner, token);
    clock.advance(Duration.ofHours(1));

    assertThat(join(joiner, token)).isInstanceOf(Granted.class);
    assertThat(store.nodes())
        .containsExactly(new EnrolledNode(SITE, joiner.identity().publicKey(), NOW));

    clock.advance(Duration.ofHours(23));
    assertRefused(join(joiner, token), Reason.TOKEN_USED);
  }

  @Test
  void enroll_ofTheSameRequestUnderAnotherIdentity_isRefused() {
    JoinToken token = invite(SITE);
    Joiner joiner = Joiner.fresh(SITE);
    join(joiner, token);

    assertRefused(
        join(new Joiner(SITE, Joiner.fresh(SITE).identity(), joiner.request()), token),
        Reason.TOKEN_USED);
  }

  @Test
  void enroll_withWrongSecretFiveTimes_revokesTheToken() {
    JoinToken token = invite(SITE);
    JoinToken wrong = JoinToken.create(SITE, authority.root(), RANDOM);
    for (int i = 0; i < 5; i++) {
      assertRefused(join(Joiner.fresh(SITE), wrong), Reason.TOKEN_UNKNOWN);
    }

    assertRefused(join(Joiner.fresh(SITE), token), Reason.TOKEN_REVOKED);
    assertThat(store.nodes()).isEmpty();
    assertThat(join(Joiner.fresh(SITE), invite(SITE))).isInstanceOf(Granted.class);
  }

  @Test
  void enroll_afterFourWrongSecrets_stillWorks() {
    JoinToken token = invite(SITE);
    JoinToken wrong = JoinToken.create(SITE, authority.root(), RANDOM);
    for (int i = 0; i < 4; i++) {
      join(Joiner.fresh(SITE), wrong);
    }

    assertThat(join(Joiner.fresh(SITE), token)).isInstanceOf(Granted.class);
  }

  @Test
  void enroll_withExpiredToken_isRefused() {
    JoinToken token = invite(SITE);
    clock.advance(Duration.ofHours(24));

    assertRefused(join(Joiner.fresh(SITE), token), Reason.TOKEN_EXPIRED);
    assertThat(store.nodes()).isEmpty();
  }

  @Test
  void enroll_withReplacedToken_isRefused() {
    JoinToken replaced = invite(SITE);
    JoinToken token = invite(SITE);

    assertRefused(join(Joiner.fresh(SITE), replaced), Reason.TOKEN_UNKNOWN);
    assertThat(join(Joiner.fresh(SITE), token)).isInstanceOf(Granted.class);
  }

  @Test
  void enroll_ofNodeThatNobodyInvited_isRefused() {
    assertRefused(
        join(Joiner.fresh(SITE), JoinToken.create(SITE, authority.root(), RANDOM)),
        Reason.TOKEN_UNKNOWN);
  }

  @Test
  void enroll_withNonceUsedExpiredOrOfAnotherNode_isRefusedWithoutAFailure() {
    JoinToken token = invite(SITE);
    Joiner joiner = Joiner.fresh(SITE);
    byte[] used = nonce();
    enrollment.enroll(joiner.attempt(JoinToken.create(SITE, authority.root(), RANDOM), used));
    byte[] others = requireNonNull(enrollment.begin(new NodeId("site-2")));
    byte[] expired = nonce();
    clock.advance(Duration.ofMinutes(2));

    assertRefused(enrollment.enroll(joiner.attempt(token, used)), Reason.REQUEST_INVALID);
    assertRefused(enrollment.enroll(joiner.attempt(token, others)), Reason.REQUEST_INVALID);
    assertRefused(enrollment.enroll(joiner.attempt(token, expired)), Reason.REQUEST_INVALID);
    assertRefused(enrollment.enroll(joiner.attempt(token, new byte[32])), Reason.REQUEST_INVALID);
    assertThat(requireNonNull(store.token(SITE)).failures()).isEqualTo(1);
  }

  @Test
  void begin_whileTooManyNoncesAreOut_isNullUntilTheyExpire() {
    Nonces nonces = new Nonces(clock, RANDOM, 2);
    byte[] first = requireNonNull(nonces.give(SITE));
    nonces.give(SITE);

    assertThat(nonces.give(SITE)).isNull();
    clock.advance(Duration.ofMinutes(2));
    assertThat(nonces.give(SITE)).isNotNull();
    assertThat(nonces.redeem(first, SITE)).isFalse();
  }

  @Test
  void enroll_withBadRequestOrSignature_isRefusedAndTheTokenStaysGood() {
    JoinToken token = invite(SITE);
    Joiner joiner = Joiner.fresh(SITE);
    byte[] nonce = nonce();
    byte[] garbage = {1, 2, 3};
    byte[] key = joiner.identity().publicKey();
    EnrollmentAttempt noRequest = new EnrollmentAttempt(
        SITE,
        nonce,
        garbage,
        key,
        joiner.identity().sign(EnrollmentProof.identityMessage(garbage, SITE)),
        EnrollmentProof.mac(token.secretHash(), garbage, key, nonce));
    EnrollmentAttempt good = joiner.attempt(token, nonce());
    EnrollmentAttempt noSignature = new EnrollmentAttempt(
        SITE, good.nonce(), good.request(), good.identityKey(), new byte[64], good.mac());

    assertRefused(enrollment.enroll(noRequest), Reason.REQUEST_INVALID);
    assertRefused(enrollment.enroll(noSignature), Reason.REQUEST_INVALID);
    assertThat(store.nodes()).isEmpty();
    assertThat(join(joiner, token)).isInstanceOf(Granted.class);
  }

  @Test
  void enroll_byManyAtOnceWithOneToken_grantsExactlyOne() throws Exception {
    JoinToken token = invite(SITE);
    // A second coordinator over the same file: nothing but the database keeps them apart.
    Enrollment second = new Enrollment(
        new SqlEnrollmentStore(Databases.sqlite(directory)),
        authority,
        CertificateAuthority.LEAF_LIFE,
        clock,
        RANDOM);
    List<Callable<EnrollmentOutcome>> attempts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Enrollment used = i % 2 == 0 ? enrollment : second;
      EnrollmentAttempt attempt =
          Joiner.fresh(SITE).attempt(token, requireNonNull(used.begin(SITE)));
      attempts.add(() -> used.enroll(attempt));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<EnrollmentOutcome> outcomes = new ArrayList<>();
    try {
      for (Future<EnrollmentOutcome> each : threads.invokeAll(attempts)) {
        outcomes.add(each.get());
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(outcomes).filteredOn(Granted.class::isInstance).hasSize(1);
    assertThat(outcomes)
        .filteredOn(Refused.class::isInstance)
        .hasSize(15)
        .allSatisfy(outcome -> assertRefused(outcome, Reason.TOKEN_USED));
    assertThat(store.nodes()).hasSize(1);
  }

  @Test
  void invite_ofEnrolledNode_isRefusedAndChangesNothing() {
    JoinToken token = invite(SITE);
    Joiner joiner = Joiner.fresh(SITE);
    join(joiner, token);

    assertThat(invitations.invite(SITE, Invitations.DEFAULT_LIFETIME))
        .isInstanceOfSatisfying(
            Invitations.Outcome.Refused.class,
            refused -> assertThat(refused.message()).contains("site-1 is enrolled already"));
    assertThat(join(joiner, token)).isInstanceOf(Granted.class);
  }

  @Test
  void invite_forTooLong_isRefused() {
    for (Duration lifetime : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(8))) {
      assertThat(invitations.invite(SITE, lifetime))
          .isInstanceOf(Invitations.Outcome.Refused.class);
    }
    assertThat(store.token(SITE)).isNull();
  }

  @Test
  void store_afterRestart_remembersTokensAndNodes() {
    NodeId other = new NodeId("site-0");
    JoinToken token = invite(other);
    join(Joiner.fresh(SITE), invite(SITE));

    EnrollmentStore again = new SqlEnrollmentStore(Databases.sqlite(directory));

    assertThat(again.nodes()).isEqualTo(store.nodes()).hasSize(1);
    assertThat(requireNonNull(again.token(other)).secretHash()).isEqualTo(token.secretHash());
    assertThat(requireNonNull(again.token(SITE)).isUsed()).isTrue();
  }
}
