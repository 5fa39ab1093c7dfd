package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessPolicyTest {

  private static final LogSigner LOG = new UnsafeTestSigner("log.example", "log");
  private static final List<LogSigner> X = signers("x");
  private static final List<LogSigner> Y = signers("y");
  private static final Instant TIME = Instant.ofEpochSecond(1_800_000_000);

  private static List<LogSigner> signers(String letter) {
    return List.of(
        new UnsafeTestSigner(letter + "1", letter + "1"),
        new UnsafeTestSigner(letter + "2", letter + "2"),
        new UnsafeTestSigner(letter + "3", letter + "3"));
  }

  /** The example of the specification. */
  private static final String POLICY = "log " + VerifierKey.ofLog(LOG) + "\n"
      + witness(X, 0) + witness(X, 1) + witness(X, 2) + "group X-witnesses 2 x1 x2 x3\n"
      + witness(Y, 0) + witness(Y, 1) + witness(Y, 2) + "group Y-witnesses any y1 y2 y3\n"
      + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

  private static String witness(List<LogSigner> signers, int i) {
    LogSigner signer = signers.get(i);
    return "witness " + signer.name() + " " + VerifierKey.ofWitness(signer) + "\n";
  }

  private static SignedNote note(LogSigner... witnesses) {
    String text = new Checkpoint("log.example", 3, Digest.of(new byte[0])).text();
    SignedNote note = SignedNote.sign(text, LOG);
    for (LogSigner witness : witnesses) {
      note = note.cosign(witness, TIME);
    }
    return note;
  }

  @Test
  void accepts_examplePolicy_asksForBothGroups() throws Exception {
    WitnessPolicy policy = WitnessPolicy.parse(POLICY);
    assertThat(policy.accepts(note(X.get(0), X.get(2), Y.get(1)))).isTrue();
    assertThat(policy.accepts(note(X.get(0), X.get(1), X.get(2)))).isFalse();
    assertThat(policy.accepts(note(X.get(0), Y.get(0), Y.get(1), Y.get(2)))).isFalse();
    assertThat(policy.accepts(note())).isFalse();
    assertThat(policy.cosigners(note(Y.get(2), X.get(0)))).containsExactly("x1", "y3");
  }

  @Test
  void accepts_forgedCosignature_countsForNothing() throws Exception {
    WitnessPolicy policy = WitnessPolicy.parse(POLICY);
    SignedNote good = note(X.get(0), X.get(2), Y.get(1));
    LogSigner impostor = new UnsafeTestSigner("y1", "somebody else");
    assertThat(policy.accepts(note(X.get(0), X.get(2), impostor))).isFalse();
    SignedNote moved = new SignedNote(good.text().replace("\n3\n", "\n4\n"), good.signatures());
    assertThat(policy.accepts(moved)).isFalse();
  }

  @Test
  void accepts_otherLog_isRefused() throws Exception {
    LogSigner other = new UnsafeTestSigner("other.example", "log of others");
    WitnessPolicy policy = WitnessPolicy.ofLog(VerifierKey.ofLog(other));
    assertThat(policy.accepts(note())).isFalse();
    // A listed log's key under another log's checkpoint.
    SignedNote foreign = SignedNote.sign(note().text(), other);
    assertThat(policy.accepts(foreign)).isFalse();
    assertThat(WitnessPolicy.ofLog(VerifierKey.ofLog(LOG)).accepts(note())).isTrue();
  }

  @Test
  void of_threshold_isThatManyOfTheWitnesses() {
    WitnessPolicy policy = WitnessPolicy.of(
        List.of(VerifierKey.ofLog(LOG)), X.stream().map(VerifierKey::ofWitness).toList(), 2);
    assertThat(policy.accepts(note(X.get(0)))).isFalse();
    assertThat(policy.accepts(note(X.get(0), X.get(1)))).isTrue();
  }

  @Test
  void encode_readsBackTheSame() throws Exception {
    WitnessPolicy policy = WitnessPolicy.parse(POLICY);
    String text = policy.encode();
    assertThat(WitnessPolicy.parse(text).encode()).isEqualTo(text);
    assertThat(WitnessPolicy.parse(text).accepts(note(X.get(0), X.get(2), Y.get(1))))
        .isTrue();
  }

  @Test
  void parse_spacesCommentsAndUrls_areAllowed() throws Exception {
    WitnessPolicy policy = WitnessPolicy.parse("# who watches\n\n \tlog  " + VerifierKey.ofLog(LOG)
        + " https://log.example/ \n\t# nobody\n  quorum\tnone\n");
    assertThat(policy.logs())
        .singleElement()
        .satisfies(log -> assertThat(log.url()).isEqualTo("https://log.example/"));
    assertThat(policy.accepts(note())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "quorum none",
        "quorum x1\n",
        "quorum none\nquorum none\n",
        "log\nquorum none\n",
        "log x+00000000+AAAA\nquorum none\n",
        "@WX1group none any x1\nquorum none\n",
        "@WX1group x1 any x1\nquorum none\n",
        "@WX1group g 2 x1\nquorum g\n",
        "@WX1group g 0 x1\nquorum g\n",
        "@WX1group g 01 x1\nquorum g\n",
        "@WX1group g any x1\ngroup h any x1\nquorum h\n",
        "@WX1group g any g\nquorum g\n",
        "@WX1@WX1quorum none\n",
        "group g any\nquorum g\n",
        "quorum none\r\n",
        "nonsense\nquorum none\n"
      })
  void parse_brokenPolicy_isRefused(String text) {
    assertThatThrownBy(() -> WitnessPolicy.parse(text.replace("@WX1", witness(X, 0))))
        .isInstanceOf(MalformedLogException.class);
  }

  @Test
  void parse_keysInWrongRolesOrTwice_areRefused() {
    String log = VerifierKey.ofLog(LOG).toString();
    String witness = VerifierKey.ofWitness(LOG).toString();
    for (String bad : List.of(
        "log " + witness + "\nquorum none\n",
        "witness w " + log + "\nquorum none\n",
        "log " + log + "\nlog " + log + "\nquorum none\n",
        "witness v " + witness + "\nwitness w " + witness + "\nquorum none\n")) {
      assertThatThrownBy(() -> WitnessPolicy.parse(bad)).isInstanceOf(MalformedLogException.class);
    }
  }
}
