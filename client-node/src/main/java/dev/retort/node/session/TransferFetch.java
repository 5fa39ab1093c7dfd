package dev.retort.node.session;

import dev.retort.merkle.Digest;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.DigestMismatchException;
import dev.retort.transfer.MalformedManifestException;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.ManifestSignatureException;
import dev.retort.transfer.MissingChunkException;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferSet;
import dev.retort.transfer.TransferSetRef;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a transfer set into the node's own store: only what is missing, every chunk verified before it is kept, so that
 * what was fetched once is never fetched again.
 */
final class TransferFetch {

  private static final Logger LOG = LoggerFactory.getLogger(TransferFetch.class);
  private static final int ATTEMPTS = 4;

  private final ChunkStore store;
  private final byte[] coordinatorKey;

  TransferFetch(ChunkStore store, byte[] coordinatorKey) {
    this.store = store;
    this.coordinatorKey = coordinatorKey.clone();
  }

  /**
   * The manifest of a transfer set, signed by the coordinator and named by its digest.
   *
   * @throws StudyImpossibleException if the coordinator holds none, or not one that verifies
   */
  Manifest manifest(Coordinator coordinator, TransferSetRef ref)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    Manifest held = held(ref.manifest());
    Manifest manifest = held != null ? held : fetch(coordinator, ref.manifest());
    if (!manifest.name().equals(ref.name())) {
      throw new StudyImpossibleException(
          "the transfer set's manifest must be named " + ref.name() + ": " + manifest.name());
    }
    return manifest;
  }

  private @Nullable Manifest held(Digest digest) throws IOException {
    try {
      return store.readManifest(digest).verify(coordinatorKey);
    } catch (MissingChunkException
        | DigestMismatchException
        | MalformedManifestException
        | ManifestSignatureException e) {
      return null;
    }
  }

  private Manifest fetch(Coordinator coordinator, Digest digest)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    SignedManifest signed = coordinator.manifest(digest);
    if (signed == null) {
      throw new StudyImpossibleException("the coordinator does not hold the manifest sha256:"
          + digest + "; import it there again");
    }
    Digest actual = Digest.of(signed.manifest());
    if (!actual.equals(digest)) {
      throw new StudyImpossibleException(
          "the manifest's digest must be sha256:" + digest + ": sha256:" + actual);
    }
    try {
      Manifest manifest = signed.verify(coordinatorKey);
      store.putManifest(signed);
      return manifest;
    } catch (ManifestSignatureException | MalformedManifestException e) {
      throw new StudyImpossibleException("the manifest does not verify: " + e.getMessage(), e);
    }
  }

  /**
   * The samples of a manifest, in memory.
   *
   * @throws StudyImpossibleException if the coordinator lacks a chunk, or sends another time and again
   */
  TransferSet samples(Coordinator coordinator, Manifest manifest)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      for (Digest chunk : store.missing(manifest)) {
        fetchChunk(coordinator, chunk);
      }
      try {
        return TransferSet.load(manifest, store);
      } catch (MissingChunkException | DigestMismatchException e) {
        // The store has dropped what was damaged, so the next round fetches it.
        LOG.warn("transfer set {}: {}", manifest.name(), e.getMessage());
        if (attempt == ATTEMPTS) {
          throw new StudyImpossibleException(
              "the site's store of transfer sets does not keep what is written to it", e);
        }
      } catch (MalformedManifestException e) {
        throw new StudyImpossibleException(
            "the transfer set contradicts its manifest: " + e.getMessage(), e);
      }
    }
  }

  private void fetchChunk(Coordinator coordinator, Digest chunk)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      byte[] bytes = coordinator.chunk(chunk);
      if (bytes == null) {
        throw new StudyImpossibleException("the coordinator does not hold the chunk sha256:" + chunk
            + "; import the transfer set there again");
      }
      try {
        store.put(chunk, bytes);
        return;
      } catch (DigestMismatchException e) {
        LOG.warn("a chunk was refused (attempt {} of {}): {}", attempt, ATTEMPTS, e.getMessage());
        if (attempt == ATTEMPTS) {
          throw new StudyImpossibleException(
              "the chunk sha256:" + chunk + " was corrupt " + ATTEMPTS + " times", e);
        }
      }
    }
  }
}
