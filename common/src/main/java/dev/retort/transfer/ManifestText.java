package dev.retort.transfer;

import dev.retort.data.ElementType;
import dev.retort.data.MalformedSchemaException;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A manifest as its JSON writes it, before its rules are checked. */
record ManifestText(
    @Nullable String format,
    @Nullable String name,
    @Nullable Long samples,
    @Nullable List<@Nullable Integer> shape,
    @Nullable String elementType,
    @Nullable Integer samplesPerChunk,
    @Nullable List<@Nullable String> chunks,
    @Nullable String root,
    @Nullable String licence,
    @Nullable List<@Nullable String> classes,
    @Nullable Map<String, Object> schema) {

  private static final String FORMAT = "retort-transfer/1";

  /** Room for a terabyte of samples in chunks of 1 MiB. */
  private static final int MOST_BYTES = 1 << 27;

  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  static byte[] canonicalBytes(Manifest manifest) {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("format", FORMAT);
    tree.put("name", manifest.name());
    tree.put("samples", manifest.samples());
    tree.put("shape", manifest.shape().dimensions());
    tree.put("elementType", manifest.elementType().text());
    tree.put("samplesPerChunk", manifest.samplesPerChunk());
    tree.put("chunks", manifest.chunks().stream().map(Digest::hex).toList());
    tree.put("root", manifest.root().hex());
    tree.put("licence", manifest.licence());
    tree.put("classes", manifest.classes());
    TableSchema schema = manifest.schema();
    if (schema != null) {
      tree.put("schema", schema.toTree());
    }
    return MAPPER.writeValueAsBytes(tree);
  }

  static Manifest parse(byte[] canonical) throws MalformedManifestException {
    if (canonical.length > MOST_BYTES) {
      throw new MalformedManifestException(
          "manifest must be at most " + MOST_BYTES + " bytes: " + canonical.length);
    }
    Manifest manifest;
    try {
      manifest = checked(MAPPER.readValue(canonical, ManifestText.class));
    } catch (JacksonException e) {
      throw new MalformedManifestException(
          "manifest must be JSON with known keys: " + e.getMessage());
    } catch (MalformedSchemaException | IllegalArgumentException | ArithmeticException e) {
      throw new MalformedManifestException("manifest: " + e.getMessage());
    }
    // One manifest has one digest only if it has one text.
    if (!Arrays.equals(manifest.canonicalBytes(), canonical)) {
      throw new MalformedManifestException(
          "manifest must be canonical JSON: sorted keys, no white space, every key given");
    }
    return manifest;
  }

  private static Manifest checked(@Nullable ManifestText text)
      throws MalformedManifestException, MalformedSchemaException {
    ManifestText given = required("manifest", text);
    if (!FORMAT.equals(given.format)) {
      throw new MalformedManifestException("format must be " + FORMAT + ": " + given.format);
    }
    return new Manifest(
        required("name", given.name),
        required("samples", given.samples),
        new SampleShape(all("shape", given.shape)),
        elementType(required("elementType", given.elementType)),
        required("samplesPerChunk", given.samplesPerChunk),
        all("chunks", given.chunks).stream().map(Digest::new).toList(),
        new Digest(required("root", given.root)),
        required("licence", given.licence),
        all("classes", given.classes),
        given.schema == null ? null : TableSchema.fromTree(given.schema));
  }

  private static ElementType elementType(String text) throws MalformedManifestException {
    for (ElementType type : ElementType.values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    throw new MalformedManifestException("elementType must be u8 or f32: " + text);
  }

  private static <T> List<T> all(String key, @Nullable List<@Nullable T> list)
      throws MalformedManifestException {
    List<T> all = new ArrayList<>();
    for (T element : required(key, list)) {
      all.add(required(key, element));
    }
    return all;
  }

  private static <T> T required(String key, @Nullable T value) throws MalformedManifestException {
    if (value == null) {
      throw new MalformedManifestException(key + " must be given");
    }
    return value;
  }
}
