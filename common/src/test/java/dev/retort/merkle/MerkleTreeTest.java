package dev.retort.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MerkleTreeTest {

  @Test
  void root_noLeaves_isDigestOfNothing() {
    assertThat(MerkleTree.root(List.of()).hex())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void root_oneLeaf_isThatLeaf() {
    Digest leaf = MerkleTree.leaf(text("d0"));
    assertThat(MerkleTree.root(List.of(leaf))).isEqualTo(leaf);
  }

  @Test
  void root_sevenLeaves_splitsAtTheLargestPowerOfTwo() {
    List<Digest> d =
        IntStream.range(0, 7).mapToObj(i -> MerkleTree.leaf(text("d" + i))).toList();
    Digest left =
        MerkleTree.node(MerkleTree.node(d.get(0), d.get(1)), MerkleTree.node(d.get(2), d.get(3)));
    Digest right = MerkleTree.node(MerkleTree.node(d.get(4), d.get(5)), d.get(6));
    assertThat(MerkleTree.root(d)).isEqualTo(MerkleTree.node(left, right));
    assertThat(MerkleTree.root(d).hex())
        .startsWith("73a590fb266b81557040b146b9d479e2a1b5849b125167642f5b64866f1d5c7d");
  }

  @Test
  void leafAndNode_sameContent_differ() {
    Digest a = MerkleTree.leaf(text("a"));
    byte[] both = new byte[2 * Digest.BYTES];
    System.arraycopy(a.bytes(), 0, both, 0, Digest.BYTES);
    System.arraycopy(a.bytes(), 0, both, Digest.BYTES, Digest.BYTES);
    assertThat(MerkleTree.leaf(both)).isNotEqualTo(MerkleTree.node(a, a));
  }

  @Test
  void digest_upperCase_isRefused() {
    assertThatThrownBy(() -> new Digest("A".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 lower-case hexadecimal digits");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
