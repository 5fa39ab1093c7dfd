package dev.retort.transfer;

import dev.retort.merkle.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory of chunks and manifests named by their digests. Writes are atomic and durable, so a store is never half
 * written; reads are verified. Safe for use by several threads and processes.
 */
public final class ChunkStore {

  private static final String MANIFEST = ".json";
  private static final String SEAL = ".sig";
  private static final int SEAL_BYTES =
      SignedManifest.PUBLIC_KEY_BYTES + SignedManifest.SIGNATURE_BYTES;

  private final Path directory;

  private ChunkStore(Path directory) {
    this.directory = directory;
  }

  /** Opens the store in {@code directory}, which is made if absent. */
  public static ChunkStore open(Path directory) throws IOException {
    ChunkStore store = new ChunkStore(directory);
    Files.createDirectories(store.manifests());
    return store;
  }

  /** Where the store lies. */
  public Path directory() {
    return directory;
  }

  /** Whether a chunk is there; its bytes are verified only when read. */
  public boolean contains(Digest chunk) {
    return Files.isRegularFile(path(chunk));
  }

  /** The distinct chunks of {@code manifest} that are not there with their whole length, in the order of the manifest. */
  public List<Digest> missing(Manifest manifest) {
    Set<Digest> missing = new LinkedHashSet<>();
    for (int index = 0; index < manifest.chunks().size(); index++) {
      Digest chunk = manifest.chunks().get(index);
      if (path(chunk).toFile().length() != manifest.chunkBytes(index)) {
        missing.add(chunk);
      }
    }
    return List.copyOf(missing);
  }

  /**
   * Stores a chunk.
   *
   * @throws DigestMismatchException if {@code bytes} have another digest; the store is as it was
   */
  public void put(Digest expected, byte[] bytes) throws IOException, DigestMismatchException {
    if (bytes.length > Manifest.MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "chunk must be at most " + Manifest.MAX_CHUNK_BYTES + " bytes: " + bytes.length);
    }
    Digest actual = Digest.of(bytes);
    if (!actual.equals(expected)) {
      throw new DigestMismatchException(expected, actual);
    }
    DurableFile.write(shelf(expected), expected.hex(), bytes);
  }

  /**
   * Reads a chunk.
   *
   * @throws MissingChunkException if it is not there
   * @throws DigestMismatchException if it was damaged; it is removed, so that {@link #missing} asks for it again
   */
  public byte[] read(Digest chunk)
      throws IOException, MissingChunkException, DigestMismatchException {
    Path path = path(chunk);
    byte[] bytes = bytes(path, chunk);
    Digest actual = Digest.of(bytes);
    if (!actual.equals(chunk)) {
      Files.deleteIfExists(path);
      throw new DigestMismatchException(chunk, actual);
    }
    return bytes;
  }

  /** Stores a signed manifest under the digest of its bytes; the signature is the caller's to verify. */
  public void putManifest(SignedManifest manifest) throws IOException {
    Digest digest = manifest.digest();
    ByteBuffer seal = ByteBuffer.allocate(SEAL_BYTES);
    seal.put(manifest.publicKey()).put(manifest.signature());
    // The manifest comes last: where it is, its seal is.
    DurableFile.write(manifests(), digest + SEAL, seal.array());
    DurableFile.write(manifests(), digest + MANIFEST, manifest.manifest());
  }

  /** Reads a signed manifest; its signature is the caller's to verify. */
  public SignedManifest readManifest(Digest manifest)
      throws IOException, MissingChunkException, DigestMismatchException,
          MalformedManifestException {
    byte[] bytes = bytes(manifests().resolve(manifest + MANIFEST), manifest);
    Digest actual = Digest.of(bytes);
    if (!actual.equals(manifest)) {
      throw new DigestMismatchException(manifest, actual);
    }
    byte[] seal = bytes(manifests().resolve(manifest + SEAL), manifest);
    if (seal.length != SEAL_BYTES) {
      throw new MalformedManifestException(
          "signature of manifest sha256:" + manifest + " must be a key and a signature, "
              + SEAL_BYTES + " bytes: " + seal.length + "; fetch the manifest again");
    }
    return new SignedManifest(
        bytes,
        Arrays.copyOf(seal, SignedManifest.PUBLIC_KEY_BYTES),
        Arrays.copyOfRange(seal, SignedManifest.PUBLIC_KEY_BYTES, SEAL_BYTES));
  }

  /** The digests of the manifests that are there, sorted. */
  public List<Digest> storedManifests() throws IOException {
    try (Stream<Path> files = Files.list(manifests())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(MANIFEST))
          .map(name -> name.substring(0, name.length() - MANIFEST.length()))
          .filter(Digest::isValid)
          .map(Digest::new)
          .sorted()
          .toList();
    }
  }

  private Path manifests() {
    return directory.resolve("manifests");
  }

  private Path path(Digest chunk) {
    return shelf(chunk).resolve(chunk.hex());
  }

  private Path shelf(Digest chunk) {
    return directory.resolve("chunks").resolve(chunk.hex().substring(0, 2));
  }

  private static byte[] bytes(Path file, Digest digest) throws IOException, MissingChunkException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new MissingChunkException(digest);
    }
  }
}
