package dev.retort.transfer;

import dev.retort.data.CsvTable;
import dev.retort.data.EncodingProgress;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelColumn;
import dev.retort.data.MalformedIdxException;
import dev.retort.data.MalformedTableException;
import dev.retort.data.StoredSamples;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.merkle.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a transfer set out of public samples: chunks in a store and the manifest over them. The manifest is not stored
 * until it is signed ({@link ChunkStore#putManifest}).
 *
 * @param name lower-case letters, digits and hyphens, 1 to 64
 * @param licence the terms under which the samples may be used; not blank
 * @param classes the label space, or empty
 * @param part which samples to take, or null for all
 */
public record TransferImport(
    String name,
    String licence,
    List<String> classes,
    @Nullable SampleRange part) {

  /** Small enough to lose little when a connection breaks, large enough to keep manifests short. */
  private static final int CHUNK_BYTES = 1 << 18;

  public TransferImport {
    classes = List.copyOf(classes);
    Manifest.checkName(name);
    Manifest.checkLicence(licence);
    Manifest.checkClasses(classes);
  }

  /** Imports all samples, leaving the label space to the study. */
  public static TransferImport all(String name, String licence) {
    return new TransferImport(name, licence, List.of(), null);
  }

  /** Imports the images of an IDX file. */
  public Manifest images(Path idxFile, ChunkStore store)
      throws IOException, MalformedIdxException, RefusedImportException {
    return samples(IdxFile.readImages(idxFile), null, store);
  }

  /** Imports the features of a CSV file as {@code schema} reads them; the schema becomes part of the manifest. */
  public Manifest table(Path csvFile, TableSchema schema, ChunkStore store)
      throws IOException, MalformedTableException, RefusedImportException {
    return table(csvFile, schema, store, EncodingProgress.silent());
  }

  /** As {@link #table(Path, TableSchema, ChunkStore)}, telling how many texts and images are encoded. */
  public Manifest table(
      Path csvFile, TableSchema schema, ChunkStore store, EncodingProgress progress)
      throws IOException, MalformedTableException, RefusedImportException {
    return samples(CsvTable.readFeatures(csvFile, schema, progress), schema, store);
  }

  /**
   * Imports samples that are already in memory.
   *
   * @throws RefusedImportException if the part is not within the samples, or a sample is more than 1 MiB
   */
  public Manifest samples(StoredSamples samples, @Nullable TableSchema schema, ChunkStore store)
      throws IOException, RefusedImportException {
    if (samples.sampleBytes() > Manifest.MAX_CHUNK_BYTES) {
      throw new RefusedImportException("sample must be at most " + Manifest.MAX_CHUNK_BYTES
          + " bytes: " + samples.sampleBytes());
    }
    if (part != null && part.end() > samples.count()) {
      throw new RefusedImportException("part must be within the " + samples.count()
          + " samples: first " + part.first() + ", count " + part.count());
    }
    int first = part == null ? 0 : (int) part.first();
    int count = part == null ? samples.count() : part.count();
    int samplesPerChunk = Math.max(1, CHUNK_BYTES / samples.sampleBytes());
    List<Digest> chunks = new ArrayList<>();
    List<Digest> leaves = new ArrayList<>();
    for (int done = 0; done < count; done += samplesPerChunk) {
      byte[] chunk = samples.encode(first + done, Math.min(samplesPerChunk, count - done));
      Digest digest = Digest.of(chunk);
      try {
        store.put(digest, chunk);
      } catch (DigestMismatchException e) {
        throw new AssertionError("the digest was taken of these bytes", e);
      }
      chunks.add(digest);
      leaves.add(MerkleTree.leaf(chunk));
    }
    return new Manifest(
        name,
        count,
        samples.shape(),
        samples.elementType(),
        samplesPerChunk,
        chunks,
        MerkleTree.root(leaves),
        licence,
        classesOf(schema),
        schema);
  }

  private List<String> classesOf(@Nullable TableSchema schema) {
    LabelColumn label = schema == null ? null : schema.label();
    return classes.isEmpty() && label != null ? label.classes() : classes;
  }
}
