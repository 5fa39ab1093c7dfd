package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
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

  private static final List<String> ENTRIES = List.of(
      "{\"type\":\"session.open\",\"n\":1}",
      "{\"type\":\"sa.result\",\"seg\":0,\"cohort\":12}",
      "{\"type\":\"sa.result\",\"seg\":1,\"cohort\":11}");

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
    for (String entry : ENTRIES) {
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
  void inclusion_workedExample_isByteExact() throws Exception {
    StoredHashes stored = new StoredHashes();
    MerkleLog tree = new MerkleLog();
    List<String> leaves = new ArrayList<>();
    for (String entry : ENTRIES) {
      List<Digest> hashes = tree.append(entry.getBytes(StandardCharsets.UTF_8));
      leaves.add(hashes.get(0).hex());
      stored.addAll(hashes);
    }
    assertThat(leaves)
        .containsExactly(
            "8e13412c4bb0fc29912565563a70f739908810b18b4c1a0d65a116b58ff25527",
            "acf8e4c28e7616fa4fbe2be33e4cfd2952746b31637d2acca0142c74088d61d5",
            "363e8014d5a9c279033295ed45c942a5d99b31846d0a53a377dad18728bf548d");
    String proof = TlogProof.of(1, stored, SignedNote.parse(CHECKPOINT)).encode();
    assertThat(proof).isEqualTo("""
        c2sp.org/tlog-proof@v1
        index 1
        jhNBLEuw/CmRJWVWOnD3OZCIELGLTBoNZaEWtY/yVSc=
        Nj6AFNWpwnkDMpXtRclCpdmbMYRtClOjd9rRhyi/VI0=

        """ + CHECKPOINT);
    WitnessPolicy policy = WitnessPolicy.parse(
        "log " + LOG_KEY + "\nwitness node-7 " + WITNESS_KEY + "\nquorum node-7\n");
    byte[] entry = ENTRIES.get(1).getBytes(StandardCharsets.UTF_8);
    assertThat(TlogProof.parse(proof).proves(entry, policy)).isTrue();
  }

  @Test
  void signAlso_mlDsa_isASecondLineThatEitherKeyVerifies() throws MalformedLogException {
    MlDsaSigner second = MlDsaSigner.ofSeed(
        LOG.name(),
        Digest.of("fd example ml-dsa log key".getBytes(StandardCharsets.UTF_8)).bytes());
    SignedNote note = SignedNote.parse(CHECKPOINT).signAlso(second);
    VerifierKey key = VerifierKey.parse(second.verifierKey().toString());
    assertThat(key).isEqualTo(second.verifierKey());
    assertThat(key.type()).isEqualTo(VerifierKey.Type.ML_DSA_65);
    assertThat(note.isSignedBy(key)).isTrue();
    assertThat(note.isSignedBy(VerifierKey.parse(LOG_KEY))).isTrue();
    assertThat(SignedNote.parse(CHECKPOINT).isSignedBy(key)).isFalse();
    assertThat(note.signatures()).hasSize(3);
    // Deterministic, so that signing a checkpoint again changes nothing.
    assertThat(note.signAlso(second)).isEqualTo(note);
    SignedNote other = SignedNote.parse(note.encode().replace("\n3\n", "\n4\n"));
    assertThat(other.isSignedBy(key)).isFalse();
  }

  @Test
  void mlDsaKey_fixedSeed_isByteExact() {
    VerifierKey key = MlDsaSigner.ofSeed("retort/site-a", new byte[32]).verifierKey();
    // Type 0xff, then the longer identifier, then 1,952 bytes of key: all under the key id.
    byte[] encoded = Base64.getDecoder().decode(key.toString().split("\\+", 3)[2]);
    assertThat(encoded).hasSize(1 + 18 + 1952).startsWith(0xff, 'r', 'e', 't');
    byte[] named = ByteBuffer.allocate(14 + encoded.length)
        .put("retort/site-a\n".getBytes(StandardCharsets.UTF_8))
        .put(encoded)
        .array();
    assertThat(key.keyId()).isEqualTo(Digest.of(named).hex().substring(0, 8));
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
