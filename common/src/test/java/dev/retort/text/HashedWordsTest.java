package dev.retort.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HashedWordsTest {

  @Test
  void murmur3_knownAnswers_areThose() {
    assertThat(murmur("")).isZero();
    assertThat(murmur("hello")).isEqualTo(0x248bfa47);
    assertThat(murmur("hello, world")).isEqualTo(0x149bbb7f);
    assertThat(murmur("The quick brown fox jumps over the lazy dog")).isEqualTo(0x2e4ff723);
    assertThat(murmur("caf\u00e9")).isEqualTo(0x241c0f08);
  }

  @Test
  void words_anyText_areRunsOfTwoLettersOrDigitsInLowerCase() {
    assertThat(HashedWords.words("A Cat's 3rd \u00c9t\u00e9, x2 and\n\ud835\udc00b"))
        .containsExactly("cat", "3rd", "\u00e9t\u00e9", "x2", "and", "\ud835\udc00b");
    assertThat(HashedWords.words(" . a")).isEmpty();
  }

  /** Computed with scikit-learn's analyser and murmurhash3_32. */
  @Test
  void encode_smallText_isAsScikitLearnHashesIt() {
    Map<Integer, Double> expected = Map.ofEntries(
        Map.entry(10, 0.2138277),
        Map.entry(39, 0.3620418),
        Map.entry(55, -0.2138277),
        Map.entry(66, 0.3620418),
        Map.entry(97, 0.2138277),
        Map.entry(102, 0.2138277),
        Map.entry(139, -0.2138277),
        Map.entry(158, -0.4487415),
        Map.entry(180, 0.3620418),
        Map.entry(232, -0.2138277),
        Map.entry(238, -0.3620418));
    float[] vector = encoded("The cat sat on the mat, the CAT sat.");
    for (int i = 0; i < vector.length; i++) {
      assertThat((double) vector[i]).isCloseTo(expected.getOrDefault(i, 0.0), within(1e-6));
    }
  }

  @Test
  void encode_noWords_isZero() {
    assertThat(encoded("a ! ?")).containsOnly(0);
  }

  @Test
  void encode_atAPlace_writesThereAlone() {
    float[] out = new float[256 + 2];
    out[0] = 7;
    out[257] = 8;
    new HashedWords(256).encode("some words", out, 1);
    assertThat(out[0]).isEqualTo(7);
    assertThat(out[257]).isEqualTo(8);
  }

  private static float[] encoded(String text) {
    float[] out = new float[256];
    new HashedWords(256).encode(text, out, 0);
    return out;
  }

  private static int murmur(String text) {
    return Murmur3.hash(text.getBytes(StandardCharsets.UTF_8));
  }
}
