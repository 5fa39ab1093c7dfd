package dev.retort.transfer;

import dev.retort.data.ElementType;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transfer set is: everything but the samples themselves. Its digest names the set.
 *
 * @param name lower-case letters, digits and hyphens, 1 to 64
 * @param samples the count of samples, at least 1
 * @param shape the shape of each sample
 * @param elementType how each number is stored
 * @param samplesPerChunk how many samples each chunk holds, but for the last; a chunk is at most 1 MiB
 * @param chunks the SHA-256 digest of each chunk, in order
 * @param root the RFC 6962 tree root with the chunks as entries
 * @param licence the terms under which the samples may be used; not blank
 * @param classes the label space for which the set was made, or empty where it is left to the study
 * @param schema how a node reads its own table into samples of this shape, or null for images
 */
public record Manifest(
    String name,
    long samples,
    SampleShape shape,
    ElementType elementType,
    int samplesPerChunk,
    List<Digest> chunks,
    Digest root,
    String licence,
    List<String> classes,
    @Nullable TableSchema schema) {

  /** The greatest size of a chunk in bytes. */
  public static final int MAX_CHUNK_BYTES = 1 << 20;

  private static final int MAX_LICENCE_CHARS = 1 << 16;

  public Manifest {
    chunks = List.copyOf(chunks);
    classes = List.copyOf(classes);
    checkName(name);
    checkLicence(licence);
    checkClasses(classes);
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be >= 1: " + samples);
    }
    if (samplesPerChunk < 1
        || (long) shape.size() * elementType.bytes() * samplesPerChunk > MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("samplesPerChunk must be >= 1 and make chunks of at most "
          + MAX_CHUNK_BYTES + " bytes: " + samplesPerChunk);
    }
    // Not (samples + samplesPerChunk - 1) / samplesPerChunk, which could overflow.
    long needed = (samples - 1) / samplesPerChunk + 1;
    if (chunks.size() != needed) {
      throw new IllegalArgumentException("chunks must be " + needed + " for " + samples
          + " samples, " + samplesPerChunk + " a chunk: " + chunks.size());
    }
    if (schema != null && (elementType != ElementType.F32 || !schema.shape().equals(shape))) {
      throw new IllegalArgumentException("schema must make the samples, f32 of " + shape + ": "
          + elementType.text() + " of " + shape + ", schema of " + schema.shape());
    }
  }

  static void checkLicence(String licence) {
    if (licence.isBlank() || licence.length() > MAX_LICENCE_CHARS) {
      throw new IllegalArgumentException("licence must be a text of 1 to " + MAX_LICENCE_CHARS
          + " characters that says under which terms the samples may be used: " + licence.length());
    }
  }

  static void checkClasses(List<String> classes) {
    boolean distinct = new HashSet<>(classes).size() == classes.size();
    if (classes.size() == 1 || !distinct || classes.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "classes must be none, or at least two distinct names: " + classes);
    }
  }

  static void checkName(String name) {
    if (!name.matches("[a-z0-9-]{1,64}")) {
      throw new IllegalArgumentException("name must be 1 to 64 of a-z, 0-9 and -: " + name);
    }
  }

  /**
   * Reads the canonical bytes.
   *
   * @throws MalformedManifestException if they are not canonical, or a field is unknown, absent or against its rule
   */
  public static Manifest parse(byte[] canonical) throws MalformedManifestException {
    return ManifestText.parse(canonical);
  }

  /** The canonical bytes: JSON with sorted keys and no white space, in UTF-8. */
  public byte[] canonicalBytes() {
    return ManifestText.canonicalBytes(this);
  }

  /** The digest of the canonical bytes. */
  public Digest digest() {
    return Digest.of(canonicalBytes());
  }

  /** The reference by which a study names this set. */
  public TransferSetRef ref() {
    return new TransferSetRef(name, digest());
  }

  /** The samples in chunk {@code index}. */
  public SampleRange range(int index) {
    Objects.checkIndex(index, chunks.size());
    long first = (long) index * samplesPerChunk;
    return new SampleRange(first, (int) Math.min(samplesPerChunk, samples - first));
  }

  /** The size of chunk {@code index} in bytes. */
  public int chunkBytes(int index) {
    return range(index).count() * sampleBytes();
  }

  /** The count of bytes of one stored sample. */
  public int sampleBytes() {
    return Math.multiplyExact(shape.size(), elementType.bytes());
  }
}
