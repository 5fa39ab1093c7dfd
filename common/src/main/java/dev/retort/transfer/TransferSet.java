package dev.retort.transfer;

import dev.retort.data.StoredSamples;
import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples of a manifest, in memory, every chunk verified.
 *
 * @param manifest what the set is
 * @param samples its samples, in order
 */
public record TransferSet(Manifest manifest, StoredSamples samples) {

  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  public TransferSet {
    if (samples.count() != manifest.samples()
        || !samples.shape().equals(manifest.shape())
        || samples.elementType() != manifest.elementType()) {
      throw new IllegalArgumentException(
          "samples must be those of the manifest " + manifest.name());
    }
  }

  /**
   * Loads a transfer set and verifies each chunk's digest and the root.
   *
   * @throws MissingChunkException if a chunk is not in the store
   * @throws DigestMismatchException if a chunk was damaged
   * @throws MalformedManifestException if the chunks do not have the manifest's sizes or root
   */
  public static TransferSet load(Manifest manifest, ChunkStore store)
      throws IOException, MissingChunkException, DigestMismatchException,
          MalformedManifestException {
    long bytes = Math.multiplyExact(manifest.samples(), (long) manifest.sampleBytes());
    if (bytes > MOST_BYTES) {
      throw new MalformedManifestException(
          "samples must be at most " + MOST_BYTES + " bytes together: " + bytes);
    }
    byte[] all = new byte[(int) bytes];
    List<Digest> leaves = new ArrayList<>();
    int at = 0;
    for (int index = 0; index < manifest.chunks().size(); index++) {
      byte[] chunk = store.read(manifest.chunks().get(index));
      if (chunk.length != manifest.chunkBytes(index)) {
        throw new MalformedManifestException("chunk " + index + " must be "
            + manifest.chunkBytes(index) + " bytes: " + chunk.length);
      }
      System.arraycopy(chunk, 0, all, at, chunk.length);
      at += chunk.length;
      leaves.add(MerkleTree.leaf(chunk));
    }
    Digest root = MerkleTree.root(leaves);
    if (!root.equals(manifest.root())) {
      throw new MalformedManifestException(
          "root must be sha256:" + root + ", that of the chunks: sha256:" + manifest.root());
    }
    try {
      return new TransferSet(
          manifest, StoredSamples.decode(manifest.elementType(), manifest.shape(), all));
    } catch (IllegalArgumentException e) {
      throw new MalformedManifestException("samples: " + e.getMessage());
    }
  }
}
