package dev.retort.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The kinds of noise that can be asked about. */
enum NoiseKind {
  GAUSSIAN,
  DISCRETE_GAUSSIAN,
  LAPLACE,
  SAMPLED_GAUSSIAN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads a kind as it is written. */
  static final class Converter implements ITypeConverter<NoiseKind> {
    @Override
    public NoiseKind convert(String text) {
      return Arrays.stream(values())
          .filter(kind -> kind.toString().equals(text))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("must be one of "
              + Arrays.stream(values()).map(NoiseKind::toString).collect(Collectors.joining(", "))
              + ": " + text));
    }
  }
}
