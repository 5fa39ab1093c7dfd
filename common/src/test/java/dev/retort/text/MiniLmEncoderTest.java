package dev.retort.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Against values of HuggingFace's tokenizer and ONNX Runtime in Python, on the same model file. The last text is longer
 * than the encoder reads.
 */
final class MiniLmEncoderTest {

  private static final String PAIN = "The patient reports severe chest pain.";

  private static MiniLmEncoder encoder;
  private static WordPieces tokenizer;
  private static JsonNode fixture;

  @BeforeAll
  static void load() throws Exception {
    encoder = MiniLmEncoder.load();
    try (InputStream in =
        MiniLmEncoder.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
      tokenizer = WordPieces.parse(in.readAllBytes());
    }
    try (InputStream in = MiniLmEncoderTest.class.getResourceAsStream("minilm.json")) {
      fixture = JsonMapper.shared().readTree(in);
    }
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @Test
  void ids_fixture_areHuggingFaces() {
    for (JsonNode text : fixture) {
      List<Integer> expected = new ArrayList<>();
      text.get("ids").forEach(id -> expected.add(id.asInt()));
      assertThat(tokenizer.ids(text.get("text").asString(), Integer.MAX_VALUE))
          .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @Test
  void ids_limit_areTheFirst() {
    assertThat(tokenizer.ids(PAIN, 3)).containsExactly(1996, 5776, 4311);
  }

  @Test
  void ids_longOrUnknownWord_areUnknown() {
    assertThat(tokenizer.ids("x".repeat(101) + " \ud83e\udd13", 9)).containsExactly(100, 100);
  }

  @Test
  void encode_fixture_isClose() {
    for (JsonNode text : fixture) {
      float[] vector = encoded(text.get("text").asString());
      double cosine = 0;
      for (int i = 0; i < vector.length; i++) {
        cosine += vector[i] * text.get("vector").get(i).asDouble();
      }
      assertThat(cosine).isBetween(0.95, 1.01);
      assertThat(cosine(vector, vector)).isBetween(0.999999, 1.000001);
    }
  }

  @Test
  void encode_similarSentences_areCloserThanOthers() {
    double like = cosine(encoded(PAIN), encoded("Patient complains of strong pain in the chest."));
    double unlike = cosine(
        encoded(PAIN), encoded("The supplier shall indemnify the buyer against all losses."));
    assertThat(like).isGreaterThan(unlike + 0.5);
  }

  @Test
  void encode_manyAtOnce_isAsOneByOne() {
    float[] together = new float[8 * MiniLmEncoder.WIDTH];
    IntStream.range(0, 8)
        .parallel()
        .forEach(i -> encoder.encode(
            PAIN.substring(i * 4) + " and more".repeat(i), together, i * MiniLmEncoder.WIDTH));
    for (int i = 0; i < 8; i++) {
      float[] alone = encoded(PAIN.substring(i * 4) + " and more".repeat(i));
      assertThat(IntStream.range(0, MiniLmEncoder.WIDTH).mapToObj(k -> alone[k]))
          .containsExactlyElementsOf(slice(together, i));
    }
  }

  @Test
  void encode_noTokens_isZero() {
    assertThat(encoded(" \t")).containsOnly(0);
  }

  private static List<Float> slice(float[] values, int row) {
    return IntStream.range(0, MiniLmEncoder.WIDTH)
        .mapToObj(k -> values[row * MiniLmEncoder.WIDTH + k])
        .toList();
  }

  private static float[] encoded(String text) {
    float[] out = new float[MiniLmEncoder.WIDTH];
    encoder.encode(text, out, 0);
    return out;
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
