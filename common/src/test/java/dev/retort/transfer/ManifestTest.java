package dev.retort.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.ElementType;
import dev.retort.data.FeatureColumn;
import dev.retort.data.LabelColumn;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ManifestTest {

  private static final Digest D = Digest.of(new byte[0]);

  static final Manifest MANIFEST = new Manifest(
      "mnist-public",
      5,
      SampleShape.image(1, 2, 2),
      ElementType.U8,
      3,
      List.of(D, D),
      D,
      "CC BY-SA 3.0 \u2014 \"quoted\"\n",
      List.of("a", "b"),
      null);

  @Test
  void canonicalBytes_known_areSortedWithoutSpace() {
    // A changed text would change every digest by which studies name their transfer sets.
    assertThat(text(MANIFEST))
        .isEqualTo("{\"chunks\":[\"" + D + "\",\"" + D
            + "\"],\"classes\":[\"a\",\"b\"],\"elementType\":\"u8\",\"format\":\"retort-transfer/1\","
            + "\"licence\":\"CC BY-SA 3.0 \u2014 \\\"quoted\\\"\\n\",\"name\":\"mnist-public\",\"root\":\""
            + D
            + "\",\"samples\":5,\"samplesPerChunk\":3,\"shape\":[1,2,2]}");
    assertThat(MANIFEST.digest()).isEqualTo(Digest.of(MANIFEST.canonicalBytes()));
  }

  @Test
  void parse_withSchema_isTheSame() throws Exception {
    TableSchema schema = new TableSchema(
        List.of(
            new FeatureColumn.Numeric("x", 1 / 3.0, 4e22),
            new FeatureColumn.Categorical("y", List.of("1", ""))),
        new LabelColumn("z", List.of("no", "yes")),
        Set.of("?", ""));
    Manifest manifest = new Manifest(
        "t",
        1,
        SampleShape.row(3),
        ElementType.F32,
        1,
        List.of(D),
        D,
        "l",
        List.of("no", "yes"),
        schema);
    assertThat(Manifest.parse(manifest.canonicalBytes())).isEqualTo(manifest);
    assertThat(text(manifest)).contains("\"mean\":0.3333333333333333,\"scale\":4E+22");
  }

  @Test
  void parse_otherText_isMalformed() {
    String good = text(MANIFEST);
    malformed(good + " ", "canonical");
    malformed(good.replace("\"samples\":5", "\"samples\": 5"), "canonical");
    malformed(good.replace("\"samples\":5", "\"samples\":\"5\""), "");
    malformed(good.replace("\"samples\":5", "\"samples\":5,\"samples\":5"), "samples");
    malformed(good.replace("\"samples\":5", "\"samples\":5,\"spare\":1"), "spare");
    malformed(good.replace("\"samples\":5,", ""), "samples must be given");
    malformed(good.replace("\"samples\":5", "\"samples\":9"), "chunks must be 3 for 9 samples");
    malformed(good.replace("\"samples\":5", "\"samples\":0"), "samples must be >= 1: 0");
    malformed(good.replace("[1,2,2]", "[1,2]"), "shape must be");
    malformed(good.replace("[1,2,2]", "[2147483647,2147483647,2]"), "manifest:");
    malformed(good.replace("[1,2,2]", "[1000,1000,2]"), "samplesPerChunk must be");
    malformed(good.replace("[1,2,2]", "[1,null,2]"), "shape must be given");
    malformed(good.replace("u8", "u16"), "elementType must be u8 or f32: u16");
    malformed(
        good.replace("retort-transfer/1", "retort-transfer/2"), "format must be retort-transfer/1");
    malformed(good.replace("mnist-public", "../mnist"), "name must be 1 to 64");
    malformed(
        good.replace("[\"a\",\"b\"]", "[\"a\",\"a\"]"),
        "classes must be none, or at least two distinct");
    malformed(good.replace("\"root\":\"e", "\"root\":\"E"), "digest must be 64 lower-case");
    malformed("null", "manifest must be given");
    malformed("[]", "manifest must be JSON");
    malformed("", "manifest");
  }

  @Test
  void parse_everyPrefixAndFlippedBit_isMalformedOrAnotherManifest() {
    byte[] good = MANIFEST.canonicalBytes();
    for (int i = 0; i < good.length; i++) {
      byte[] cut = Arrays.copyOf(good, i);
      assertThatThrownBy(() -> Manifest.parse(cut)).isInstanceOf(MalformedManifestException.class);
      byte[] flipped = good.clone();
      flipped[i] ^= 1;
      try {
        assertThat(Manifest.parse(flipped).digest()).isNotEqualTo(MANIFEST.digest());
      } catch (MalformedManifestException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void schema_ofOtherWidth_isRefused() {
    TableSchema schema =
        new TableSchema(List.of(new FeatureColumn.Numeric("x", 0, 1)), null, Set.of());
    assertThatThrownBy(() -> new Manifest(
            "t", 1, SampleShape.row(3), ElementType.F32, 1, List.of(D), D, "l", List.of(), schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("f32 of 3, schema of 1");
  }

  @Test
  void ref_parseOfToString_isTheSame() throws Exception {
    TransferSetRef ref = MANIFEST.ref();
    assertThat(ref).hasToString("mnist-public@sha256:" + MANIFEST.digest());
    assertThat(TransferSetRef.parse(ref.toString())).isEqualTo(ref);
  }

  @Test
  void ref_otherText_isMalformed() {
    for (String text : List.of(
        "mnist",
        "mnist@",
        "mnist@sha256:",
        "mnist@sha256:" + "g".repeat(64),
        "@sha256:" + D,
        "Mnist@sha256:" + D,
        "mnist@sha512:" + D,
        "mnist@sha256:" + D + "0",
        " mnist@sha256:" + D,
        "mnist@sha256:" + D + "\n")) {
      assertThatThrownBy(() -> TransferSetRef.parse(text))
          .isInstanceOf(MalformedReferenceException.class)
          .hasMessageContaining("NAME@sha256:DIGEST")
          .hasMessageEndingWith(text);
    }
  }

  @Test
  void sampleRange_againstItsRules_isRefused() {
    assertThatThrownBy(() -> new SampleRange(-1, 1)).hasMessage("first must be >= 0: -1");
    assertThatThrownBy(() -> new SampleRange(0, 0)).hasMessage("count must be >= 1: 0");
    assertThatThrownBy(() -> new SampleRange(Long.MAX_VALUE, 1))
        .hasMessageContaining("first + count must be");
    assertThat(new SampleRange(5, 3).end()).isEqualTo(8);
  }

  private static String text(Manifest manifest) {
    return new String(manifest.canonicalBytes(), StandardCharsets.UTF_8);
  }

  private static void malformed(String text, String message) {
    assertThatThrownBy(() -> Manifest.parse(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedManifestException.class)
        .hasMessageContaining(message);
  }
}
