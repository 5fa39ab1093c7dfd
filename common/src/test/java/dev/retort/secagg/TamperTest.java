package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Frame.Chunk;
import dev.retort.secagg.Frame.SignedFrame;
import dev.retort.tlog.LogSigner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every field of every message, altered on the way and altered by its own signer. */
class TamperTest {

  private static final Digest BATCH = TestCohort.batch(0);

  /** The first frame of a kind that a few nodes and a coordinator exchange. */
  private static SignedFrame transcript(MessageType type) throws IOException {
    TestCohort cohort = cohort(type);
    BiPredicate<Integer, Frame> before = cohort.up;
    Map<MessageType, SignedFrame> seen = new TreeMap<>();
    cohort.down = (node, frame) -> note(seen, frame);
    cohort.up = (node, frame) -> before.test(node, frame) && note(seen, frame);
    play(cohort);
    assertThat(cohort.coordinator.sum(0)).isNotNull();
    return Objects.requireNonNull(seen.get(type));
  }

  private static boolean note(Map<MessageType, SignedFrame> seen, Frame frame) {
    if (frame instanceof SignedFrame signed) {
      seen.putIfAbsent(signed.message().type(), signed);
    }
    return true;
  }

  /** A session in which a kind of message is sent. A node is excluded, so that locked seeds are opened too. */
  private static TestCohort cohort(MessageType type) throws IOException {
    return switch (type) {
      case BEACON_REVEAL, BEACON -> withDrawnCommittee();
      case COMPLAINT -> withComplaint();
      default -> cohort();
    };
  }

  private static TestCohort cohort() throws IOException {
    return new TestCohort(
        new TestSession(4, TestSession.terms(3, 0, 1), TestSession.sums(LaneWidth.W32, 5)));
  }

  private static TestCohort withDrawnCommittee() throws IOException {
    CohortTerms terms = new CohortTerms(3, 0, 1, 3, CohortTerms.USUAL_LIMIT);
    return new TestCohort(new TestSession(4, terms, TestSession.sums(LaneWidth.W32, 5)));
  }

  // Node 1 has no keys with node 0, and cannot read what it deals.
  private static TestCohort withComplaint() throws IOException {
    TestCohort cohort = new TestCohort(
        new TestSession(5, TestSession.terms(3, 1, 1), TestSession.sums(LaneWidth.W32, 5)));
    boolean[] lost = new boolean[1];
    cohort.up = (node, frame) -> {
      boolean loses = node == 0 && !lost[0] && ExactSumTest.isOf(frame, MessageType.KEM_CIPHERTEXT);
      lost[0] |= loses;
      return !loses;
    };
    return cohort;
  }

  private static void play(TestCohort cohort) throws IOException {
    BiPredicate<Integer, Frame> before = cohort.up;
    cohort.up = (node, frame) ->
        before.test(node, frame) && !(node == 3 && ExactSumTest.isOf(frame, MessageType.MANIFEST));
    cohort.setUp();
    cohort.coordinator(cohort.coordinator.setupDeadline());
    cohort.run();
    cohort.dealLate();
    if (cohort.nodes.stream().noneMatch(AggregationNode::isRunning)) {
      return;
    }
    cohort.ready(0, BATCH);
    if (cohort.coordinator.ready(0, BATCH).size() >= 3) {
      cohort.open(0, BATCH);
      cohort.uploadDeadline(0);
    }
  }

  /** An altered body, type, key or signature is refused by whoever gets it, before it is parsed. */
  @ParameterizedTest
  @EnumSource(MessageType.class)
  void messageAlteredOnTheWay_isNotTheSigners(MessageType type) throws Exception {
    Signed signed = transcript(type).message();
    TestSession session = cohort(type).session;
    List<VerifyingKey> keys = new ArrayList<>(List.of(session.coordinator.key()));
    session.identities.forEach(identity -> keys.add(identity.key()));
    assertThat(keys.stream().filter(signed::isSignedBy)).hasSize(1);
    BodyWriter out = new BodyWriter();
    signed.write(out);
    byte[] bytes = out.done().bytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] altered = bytes.clone();
      altered[i] ^= 1;
      try {
        Signed other = Signed.read(new BodyReader(Octets.wrap(altered)));
        assertThat(keys.stream().anyMatch(other::isSignedBy)).as("byte %d", i).isFalse();
      } catch (MalformedMessageException e) {
        assertThat(e).hasMessageContaining("must");
      }
    }
  }

  /**
   * The coordinator or one node signs something else than the protocol has it say: there is the exact sum of the certified
   * survivors, or none.
   */
  @ParameterizedTest
  @EnumSource(MessageType.class)
  void messageAlteredByItsSigner_givesTheExactSumOrNothing(MessageType type) throws Exception {
    SignedFrame original = transcript(type);
    int length = original.message().body().length();
    int sums = 0;
    int tried = 0;
    // Every byte of short messages, and a stride through long ones that visits every kind of field.
    for (int at = Message.SESSION_BYTES; at < length; at += length > 400 ? 31 : 3) {
      TestCohort cohort = cohort(type);
      Signed altered = resigned(cohort.session, original.message(), at);
      boolean[] replaced = new boolean[1];
      cohort.replace = frame -> {
        if (frame instanceof SignedFrame signed && signed.message().equals(original.message())) {
          replaced[0] = true;
          return new SignedFrame(altered, signed.parts());
        }
        return frame;
      };
      play(cohort);
      assertThat(replaced[0]).isTrue();
      tried++;
      SegmentSum sum = cohort.coordinator.sum(0);
      if (sum != null) {
        sums++;
        assertThat(TestCohort.longs(sum.lanes()))
            .isEqualTo(cohort.expected(sum.survivors(), BATCH));
      }
    }
    assertThat(tried).isPositive();
    assertThat(sums).isLessThanOrEqualTo(tried);
  }

  private static Signed resigned(TestSession session, Signed signed, int at) {
    byte[] body = signed.body().bytes();
    body[at] ^= 1;
    LogSigner signer = session.coordinator;
    for (UnsafeIdentity identity : session.identities) {
      if (identity.key().id().equals(signed.keyId())) {
        signer = identity;
      }
    }
    return UnsafeForgery.sign(signed.type(), Octets.wrap(body), signer);
  }

  @Test
  void chunkAlteredOnTheWay_isNotInTheSum() throws IOException {
    TestCohort cohort = cohort();
    cohort.setUp();
    cohort.replace = frame -> frame instanceof Chunk chunk && chunk.node() == 1
        ? new Chunk(chunk.session(), chunk.segment(), 1, chunk.index(), flipped(chunk.bytes(), 7))
        : frame;
    ExactSumTest.assertExact(cohort, 0, 3);
    assertThat(cohort.coordinatorRefusals)
        .extracting(Refusal::reason)
        .containsExactly(RefusalReason.VECTOR_ALTERED);
  }

  @Test
  void packetAlteredOnTheWay_isNoticedByTheMemberAndForgivenUpToTheColluders() throws IOException {
    TestCohort cohort = TestCohort.of(7, 2, LaneWidth.W32, 5);
    cohort.downReplace = (node, frame) -> node == 3
            && frame instanceof SignedFrame signed
            && signed.message().type() == MessageType.DEAL
        ? new SignedFrame(signed.message(), List.of(flipped(signed.parts().get(0), 100)))
        : frame;
    cohort.setUp();
    assertThat(cohort.nodeRefusals)
        .extracting(Refusal::reason)
        .containsOnly(RefusalReason.DEAL_ALTERED);
    ExactSumTest.assertExact(cohort, 0, 7);
  }

  static Octets flipped(Octets octets, int at) {
    byte[] bytes = octets.bytes();
    bytes[at] ^= 1;
    return Octets.wrap(bytes);
  }
}
