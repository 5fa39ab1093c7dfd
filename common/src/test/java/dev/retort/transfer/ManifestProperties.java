package dev.retort.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.ElementType;
import dev.retort.data.FeatureColumn;
import dev.retort.data.LabelColumn;
import dev.retort.data.TableSchema;
import dev.retort.merkle.Digest;
import dev.retort.text.TextEncoding;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;

final class ManifestProperties {

  @Property(tries = 300)
  void parse_ofCanonicalBytes_isTheSame(
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String name,
      @ForAll @IntRange(min = 1, max = 5000) int samples,
      @ForAll @IntRange(min = 1, max = 15) int samplesPerChunk,
      @ForAll @NotBlank @StringLength(max = 50) String licence,
      @ForAll long meanBits,
      @ForAll long scaleBits,
      @ForAll @IntRange(min = 8, max = 14) int logBuckets)
      throws Exception {
    double mean = Double.longBitsToDouble(meanBits);
    double scale = Math.abs(Double.longBitsToDouble(scaleBits));
    Assume.that(Double.isFinite(mean) && Double.isFinite(scale) && scale > 0);
    TableSchema schema = new TableSchema(
        List.of(
            new FeatureColumn.Numeric("x", mean, scale),
            new FeatureColumn.Text("t", new TextEncoding.Words(1 << logBuckets))),
        new LabelColumn("y", List.of("0", "1")),
        Set.of("?"));
    Digest digest = Digest.of(new byte[] {(byte) samples});
    Manifest manifest = new Manifest(
        name.toLowerCase(Locale.ROOT),
        samples,
        schema.shape(),
        ElementType.F32,
        samplesPerChunk,
        Collections.nCopies((samples - 1) / samplesPerChunk + 1, digest),
        digest,
        licence,
        List.of("0", "1"),
        schema);

    assertThat(Manifest.parse(manifest.canonicalBytes())).isEqualTo(manifest);
  }
}
