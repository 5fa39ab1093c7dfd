package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlogProofTest {

  private static final LogSigner LOG = new UnsafeTestSigner("log.example", "log");
  private static final VerifierKey KEY = VerifierKey.ofLog(LOG);
  private static final WitnessPolicy POLICY = WitnessPolicy.ofLog(KEY);

  private final StoredHashes stored = new StoredHashes();
  private final MerkleLog tree = new MerkleLog();

  @BeforeEach
  void fill() {
    for (byte i = 0; i < 11; i++) {
      stored.addAll(tree.append(new byte[] {i}));
    }
  }

  private TlogProof proof(long index) throws Exception {
    Checkpoint checkpoint = new Checkpoint(LOG.name(), tree.size(), tree.root());
    return TlogProof.of(index, stored, SignedNote.sign(checkpoint.text(), LOG));
  }

  @Test
  void proves_everyEntry_andNoOther() throws Exception {
    for (byte i = 0; i < 11; i++) {
      TlogProof read = TlogProof.parse(proof(i).encode());
      assertThat(read).isEqualTo(proof(i));
      assertThat(read.proves(new byte[] {i}, POLICY)).isTrue();
      assertThat(read.proves(new byte[] {i}, KEY)).isTrue();
      assertThat(read.proves(new byte[] {(byte) (i + 1)}, POLICY)).isFalse();
      assertThat(new TlogProof("", (i + 1) % 11, read.hashes(), read.note())
              .proves(new byte[] {i}, POLICY))
          .isFalse();
    }
  }

  @Test
  void proves_byAnotherLogsKey_isFalse() throws Exception {
    LogSigner other = new UnsafeTestSigner("log.example", "other");
    assertThat(proof(3).proves(new byte[] {3}, VerifierKey.ofLog(other))).isFalse();
  }

  @Test
  void extra_isKeptAndProtectsNothing() throws Exception {
    TlogProof plain = proof(3);
    TlogProof more = new TlogProof("aGVsbG8=", 3, plain.hashes(), plain.note());
    assertThat(more.encode()).startsWith("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 3\n");
    assertThat(TlogProof.parse(more.encode())).isEqualTo(more);
    assertThat(more.proves(new byte[] {3}, POLICY)).isTrue();
  }

  @Test
  void parse_brokenProofs_areRefused() throws Exception {
    String good = proof(3).encode();
    for (String bad : List.of(
        "",
        good.replace("@v1", "@v2"),
        good.replace("index 3", "index 03"),
        good.replace("index 3", "index -3"),
        good.replace("index 3\n", ""),
        good.replace("index 3\n", "index 3\nAAAA\n"),
        good.replace("index 3\n", "extra \nindex 3\n"),
        good.replace("index 3\n", "extra A\nindex 3\n"),
        good.replace("\n\nlog.example", "\nlog.example"),
        good.replace("\n11\n", "\neleven\n"),
        good.strip())) {
      assertThatThrownBy(() -> TlogProof.parse(bad))
          .as(bad)
          .isInstanceOf(MalformedLogException.class);
    }
  }
}
