package dev.retort.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts words and pairs of neighbouring words. A word is a run of at least two letters or digits, in lower case. A term
 * that occurs n times adds 1 + ln n to the bucket of its hash or takes it away, by the sign of the hash (Weinberger et al.
 * 2009), and the vector is scaled to length 1. Hash, sign and bucket are those of scikit-learn's feature hashing:
 * MurmurHash3_x86_32 of the UTF-8 bytes with seed 0, its absolute value modulo the buckets.
 *
 * <p>The numbers of a text are the same to the last bit on every machine, as long as both Java versions agree on what is a
 * letter and what its lower case. Immutable.
 */
public final class HashedWords implements TextEncoder {

  private static final int LEAST_LENGTH = 2;

  private final int buckets;

  HashedWords(int buckets) {
    this.buckets = buckets;
  }

  @Override
  public void encode(String text, float[] out, int at) {
    double[] sums = new double[buckets];
    terms(text).forEach((term, count) -> {
      int hash = Murmur3.hash(term.getBytes(StandardCharsets.UTF_8));
      // StrictMath, because Math.log may differ between machines in the last bit.
      double weight = 1 + StrictMath.log(count);
      sums[(int) (Math.abs((long) hash) % buckets)] += hash < 0 ? -weight : weight;
    });
    double squares = 0;
    for (double sum : sums) {
      squares += sum * sum;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < buckets; i++) {
      out[at + i] = length > 0 ? (float) (sums[i] / length) : 0;
    }
  }

  /** How often each word and each pair occurs, in the order of first occurrence, so that sums have one order. */
  private static Map<String, Integer> terms(String text) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    String before = "";
    for (String word : words(text)) {
      counts.merge(word, 1, Integer::sum);
      if (!before.isEmpty()) {
        counts.merge(before + " " + word, 1, Integer::sum);
      }
      before = word;
    }
    return counts;
  }

  static List<String> words(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    int start = 0;
    int length = 0;
    for (int i = 0; i <= lower.length(); ) {
      int point = i < lower.length() ? lower.codePointAt(i) : ' ';
      if (Character.isLetterOrDigit(point)) {
        length++;
      } else {
        if (length >= LEAST_LENGTH) {
          words.add(lower.substring(start, i));
        }
        length = 0;
        start = i + Character.charCount(point);
      }
      i += Character.charCount(point);
    }
    return words;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
