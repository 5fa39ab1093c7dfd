package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SignedNoteTest {

  private static final LogSigner LOG =
      new UnsafeTestSigner("fd.example/ledger/1", "fd example log key");
  private static final LogSigner WITNESS =
      new UnsafeTestSigner("node-7.example/witness", "fd example witness key");
  private static final String LOG_KEY =
      "fd.example/ledger/1+4ea3b2ce+AZvu2MCw3soPa8lKdnOzHzx3BESutgvNtn4uTNgtAbqa";
  private static final String WITNESS_KEY =
      "node-7.example/witness+3a16b0fc+BLGWKoFzhuhKwVZStdmcHcyr8oWJVV7C+T0WV5a3LSQO";

  /** The worked example of the project's ledger formats. */
  private static final String CHECKPOINT = """
      fd.example/ledger/1
      3
      8lSTsZQ2RcWJrrxtX8BLeOsLKRBfJDPmVGIrAyP2g3E=

      \u2014 fd.example/ledger/1 TqOyzprbO4e3Fvb4aTRT3UfjmFc4ofSIULcA03xVrjCwgIDux/moJA+OtX/6I0DDSBWK2qqvPiMoEP1E0Ug+lD+e7g4=
      \u2014 node-7.example/witness Ohaw/AAAAABrSdIAtPCrEHE2AMFQ+azXfCNneYGkA6XkC3tFj5K3Br+8WQUz8ACifaOQ4nhefTZMUbnoRSj3ynqACSGmWvgOCd1BAQ==
      """;

  /** The example note of C2SP's signed-note. */
  private static final String C2SP_NOTE = """
      This is an example message.

      \u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  private static final String C2SP_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  @Test
  void sign_workedExample_isByteExact() {
    MerkleLog tree = new MerkleLog();
    for (String entry : List.of(
        "{\"type\":\"session.open\",\"n\":1}",
        "{\"type\":\"sa.result\",\"seg\":0,\"cohort\":12}",
        "{\"type\":\"sa.result\",\"seg\":1,\"cohort\":11}")) {
      tree.append(entry.getBytes(StandardCharsets.UTF_8));
    }
    String text = new Checkpoint(LOG.name(), tree.size(), tree.root()).text();
    String note = SignedNote.sign(text, LOG)
        .cosign(WITNESS, Instant.ofEpochSecond(1_800_000_000))
        .encode();
    assertThat(note).isEqualTo(CHECKPOINT);
    byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes).hasSize(317);
    assertThat(Digest.of(bytes))
        .hasToString("197bb7755e891be953917f8fcfd4f66d62b2207377cb200daedbfd369e0792f6");
  }

  @Test
  void verifierKey_workedExample_isByteExact() throws MalformedLogException {
    assertThat(VerifierKey.ofLog(LOG)).hasToString(LOG_KEY);
    assertThat(VerifierKey.ofWitness(WITNESS)).hasToString(WITNESS_KEY);
    assertThat(VerifierKey.parse(WITNESS_KEY)).isEqualTo(VerifierKey.ofWitness(WITNESS));
  }

  @Test
  void isSignedBy_workedExample_bothKeysVerify() throws MalformedLogException {
    SignedNote note = SignedNote.parse(CHECKPOINT);
    assertThat(note.isSignedBy(VerifierKey.parse(LOG_KEY))).isTrue();
    assertThat(note.isSignedBy(VerifierKey.parse(WITNESS_KEY))).isTrue();
    assertThat(note.isSignedBy(VerifierKey.parse(C2SP_KEY))).isFalse();
    assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(3);
  }

  @Test
  void isSignedBy_c2spExample_verifies() throws MalformedLogException {
    SignedNote note = SignedNote.parse(C2SP_NOTE);
    assertThat(note.isSignedBy(VerifierKey.parse(C2SP_KEY))).isTrue();
    assertThat(note.encode()).isEqualTo(C2SP_NOTE);
  }

  @Test
  void isSignedBy_otherText_fails() throws MalformedLogException {
    SignedNote note = SignedNote.parse(CHECKPOINT.replace("\n3\n", "\n4\n"));
    assertThat(note.isSignedBy(VerifierKey.parse(LOG_KEY))).isFalse();
    assertThat(note.isSignedBy(VerifierKey.parse(WITNESS_KEY))).isFalse();
  }

  @Test
  void isSignedBy_oneGoodAndOneBadLineOfAKey_fails() throws MalformedLogException {
    SignedNote good = SignedNote.parse(C2SP_NOTE);
    SignedNote other = SignedNote.parse(C2SP_NOTE.replace("Uw2QOkn8", "Uw2QOkn9"));
    SignedNote both = new SignedNote(
        good.text(), List.of(good.signatures().get(0), other.signatures().get(0)));
    assertThat(both.isSignedBy(VerifierKey.parse(C2SP_KEY))).isFalse();
  }

  @Test
  void parse_brokenNotes_areRefused() {
    String line = C2SP_NOTE.substring(C2SP_NOTE.indexOf('\u2014'));
    for (String bad : List.of(
        "",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n" + line,
        "text\n\n" + line.strip(),
        "text\n\n-" + line.substring(1),
        "text\n\n\u2014 na+me AAAAAAAA\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 name AAAAAAAA AAAAAAAA\n",
        "te\u0001xt\n\n" + line)) {
      assertThatThrownBy(() -> SignedNote.parse(bad))
          .as(bad)
          .isInstanceOf(MalformedLogException.class);
    }
  }

  @Test
  void verifierKey_brokenKeys_areRefused() {
    for (String bad : List.of(
        "",
        "name",
        "name+530d903a",
        "name+530d903a+AAAA",
        C2SP_KEY.replace("530d903a", "530d903b"),
        C2SP_KEY.replace("+Ae", "+Be"),
        C2SP_KEY + "=")) {
      assertThatThrownBy(() -> VerifierKey.parse(bad))
          .as(bad)
          .isInstanceOf(MalformedLogException.class);
    }
  }

  @Property
  void parse_anyText_throwsNothingElse(@ForAll String text) {
    for (String note : List.of(text, text + "\n\n\u2014 " + text + "\n")) {
      try {
        assertThat(SignedNote.parse(note).encode()).isEqualTo(note);
      } catch (MalformedLogException expected) {
        assertThat(expected).hasMessageContaining("must");
      }
    }
    try {
      Checkpoint.parse(text);
      VerifierKey.parse(text);
    } catch (MalformedLogException expected) {
      assertThat(expected).hasMessageContaining("must");
    }
  }
}
