package dev.retort.cli;

import dev.retort.audit.AuditedRelease;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Release paths with faults that have been made before: the real one, its noise taken off and spoilt. */
final class UnsafeMutants {

  private UnsafeMutants() {}

  /** All entries of a row get the noise of its first entry. */
  static AuditedRelease noiseSharedByCoordinates(AuditedRelease real, int classes) {
    return spoilt(real, noise -> {
      for (int i = 0; i < noise.length; i++) {
        noise[i] = noise[i / classes * classes];
      }
      return noise;
    });
  }

  /** The first entry of a row gets the noise of the last, which no change touches. */
  static AuditedRelease noiseSharedByTwoCoordinates(AuditedRelease real, int classes) {
    return spoilt(real, noise -> {
      for (int i = 0; i < noise.length; i += classes) {
        noise[i] = noise[i + classes - 1];
      }
      return noise;
    });
  }

  /** All rows of a release get the noise of its first row. */
  static AuditedRelease noiseReusedByRows(AuditedRelease real, int classes) {
    return spoilt(real, noise -> {
      for (int i = 0; i < noise.length; i++) {
        noise[i] = noise[i % classes];
      }
      return noise;
    });
  }

  /** All releases of a size get the noise of the first of them. */
  static AuditedRelease noiseReusedByReleases(AuditedRelease real) {
    Map<Integer, int[]> first = new HashMap<>();
    return spoilt(real, noise -> first.computeIfAbsent(noise.length, size -> noise));
  }

  /** Noise is even. */
  static AuditedRelease noiseWithoutLowBit(AuditedRelease real) {
    return spoilt(real, noise -> {
      for (int i = 0; i < noise.length; i++) {
        noise[i] &= ~1;
      }
      return noise;
    });
  }

  /** One entry in four of the noise is a multiple of 16: what an adder that drops a nibble would do. */
  static AuditedRelease noiseWithHolesHereAndThere(AuditedRelease real) {
    return spoilt(real, noise -> {
      for (int i = 0; i < noise.length; i += 4) {
        noise[i] &= ~15;
      }
      return noise;
    });
  }

  private static AuditedRelease spoilt(AuditedRelease real, UnaryOperator<int[]> spoil) {
    return histograms -> {
      int[] noise = real.release(histograms);
      for (int i = 0; i < noise.length; i++) {
        noise[i] -= histograms[i];
      }
      int[] worse = spoil.apply(noise);
      int[] answer = histograms.clone();
      for (int i = 0; i < answer.length; i++) {
        answer[i] += worse[i];
      }
      return answer;
    };
  }
}
