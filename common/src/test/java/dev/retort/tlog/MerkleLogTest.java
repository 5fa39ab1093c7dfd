package dev.retort.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleLogTest {

  /** The leaves and roots of the Certificate Transparency reference implementation. */
  private static final List<String> REFERENCE = List.of(
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f");

  @Test
  void root_referenceLeaves_isTheKnownRoot() {
    MerkleLog tree = new MerkleLog();
    assertThat(tree.root()).isEqualTo(Digest.of(new byte[0]));
    for (int i = 0; i < 8; i++) {
      tree.append(HexFormat.of().parseHex(REFERENCE.get(i)));
      if (i == 2) {
        assertThat(tree.root())
            .hasToString("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
      }
    }
    assertThat(tree.root())
        .hasToString("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  }

  @Test
  void root_sevenNamedLeaves_isTheKnownRoot() {
    MerkleLog tree = new MerkleLog();
    for (int i = 0; i < 7; i++) {
      tree.append(("d" + i).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(tree.root())
        .hasToString("73a590fb266b81557040b146b9d479e2a1b5849b125167642f5b64866f1d5c7d");
  }

  @Test
  void proofs_allSizesToForty_verifyAndFailWhenChanged() throws Exception {
    StoredHashes stored = new StoredHashes();
    MerkleProver prover = new MerkleProver(stored);
    List<Digest> leaves = new ArrayList<>();
    List<Digest> roots = new ArrayList<>();
    MerkleLog tree = new MerkleLog();
    roots.add(tree.root());
    for (int size = 1; size <= 40; size++) {
      byte[] entry = {(byte) size};
      leaves.add(MerkleTree.leaf(entry));
      stored.addAll(tree.append(entry));
      Digest root = tree.root();
      roots.add(root);
      assertThat(root).isEqualTo(MerkleTree.root(leaves));
      for (int old = 0; old <= size; old++) {
        assertThat(prover.root(old)).isEqualTo(roots.get(old));
      }
      for (int index = 0; index < size; index++) {
        List<Digest> proof = prover.inclusion(index, size);
        Digest leaf = leaves.get(index);
        assertThat(MerkleProofs.verifyInclusion(leaf, index, size, proof, root)).isTrue();
        assertThat(MerkleProofs.verifyInclusion(root, index, size, proof, leaf))
            .isEqualTo(size == 1);
        assertThat(MerkleProofs.verifyInclusion(leaf, index + 1, size, proof, root))
            .isFalse();
        assertThat(MerkleProofs.verifyInclusion(leaf, index, size, with(proof, leaf), root))
            .isFalse();
      }
      for (int old = 0; old <= size; old++) {
        List<Digest> proof = prover.consistency(old, size);
        Digest oldRoot = roots.get(old);
        assertThat(MerkleProofs.verifyConsistency(old, oldRoot, size, root, proof))
            .isTrue();
        assertThat(MerkleProofs.verifyConsistency(old, leaves.get(0), size, root, proof))
            .isEqualTo(old == 1);
        assertThat(MerkleProofs.verifyConsistency(old, oldRoot, size, root, with(proof, root)))
            .isFalse();
        if (old < size && old > 0) {
          assertThat(MerkleProofs.verifyConsistency(old, oldRoot, size, leaves.get(0), proof))
              .isFalse();
          assertThat(MerkleProofs.verifyConsistency(old, oldRoot, size, root, List.of()))
              .isFalse();
        }
      }
    }
  }

  @Test
  void position_ofEverySubtree_isWhereItIsAppended() throws Exception {
    StoredHashes stored = new StoredHashes();
    MerkleLog tree = new MerkleLog();
    List<Digest> leaves = new ArrayList<>();
    for (int size = 1; size <= 130; size++) {
      byte[] entry = {(byte) size};
      leaves.add(MerkleTree.leaf(entry));
      stored.addAll(tree.append(entry));
    }
    for (int level = 0; 1 << level <= 130; level++) {
      for (int n = 0; (n + 1) << level <= 130; n++) {
        assertThat(stored.hash(level, n))
            .isEqualTo(MerkleTree.root(leaves.subList(n << level, (n + 1) << level)));
      }
    }
    assertThatExceptionOfType(LogUnavailableException.class)
        .isThrownBy(() -> stored.hash(0, 130))
        .withMessage("log must have the subtree 130 of level 0");
  }

  @Test
  void copy_appendedTo_leavesTheOriginal() {
    MerkleLog tree = new MerkleLog();
    tree.append(new byte[] {1});
    Digest root = tree.root();
    tree.copy().append(new byte[] {2});
    assertThat(tree.root()).isEqualTo(root);
    assertThat(tree.size()).isEqualTo(1);
  }

  private static List<Digest> with(List<Digest> proof, Digest more) {
    List<Digest> longer = new ArrayList<>(proof);
    longer.add(more);
    return longer;
  }
}
