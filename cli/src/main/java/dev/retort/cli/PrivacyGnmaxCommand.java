package dev.retort.cli;

import dev.retort.accounting.GnmaxBound;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort privacy gnmax}: what data-dependent accounting would have said. Its answer is private. */
@Command(
    name = "gnmax",
    description = {
      "What-if: data-dependent bounds of the GNMax mechanism (Papernot et al. 2018, Theorem 6), offline.",
      "THE ANSWER IS PRIVATE: it depends on the votes, and so on the records. It must not leave the site, and no"
          + " budget, ledger or message may use it.",
      "It also holds only where nothing but the arg max of each histogram is published. Retort publishes whole noised"
          + " histograms, whose guarantee is the one without data."
    },
    mixinStandardHelpOptions = true)
final class PrivacyGnmaxCommand implements Callable<Integer> {

  private static final String WARNING =
      "PRIVATE: these figures depend on private votes and must not leave the site. They hold only where nothing but"
          + " the arg max is published, which is not what a node does.";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Votes votes;

  static final class Votes {
    @Option(
        names = "--counts",
        required = true,
        split = ",",
        paramLabel = "N",
        description = "One histogram: the votes of each class, such as 200,30,20.")
    private @Nullable List<Long> counts;

    @Option(
        names = "--votes",
        required = true,
        paramLabel = "FILE",
        description = "Many histograms: a CSV file without a header, one histogram a line.")
    private @Nullable Path file;
  }

  @Option(
      names = "--sigma",
      required = true,
      paramLabel = "S",
      description = "Standard deviation of the noise on each count.")
  private double sigma;

  @Option(
      names = "--threshold-sigma",
      paramLabel = "S",
      description =
          "Add the cost of Confident-GNMax's question before each histogram, whether its largest count is over a threshold,"
              + " with this noise.")
  private @Nullable Double thresholdSigma;

  @Option(
      names = "--order",
      paramLabel = "A",
      description = "The Renyi order. Default: the one that gives the smallest epsilon.")
  private @Nullable Double order;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "1e-5",
      description = "Default: ${DEFAULT-VALUE}.")
  private double delta;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    require(sigma > 0 && Double.isFinite(sigma), "--sigma must be > 0 and finite: " + sigma);
    require(delta > 0 && delta < 1, "--delta must be in (0, 1): " + delta);
    Double screen = thresholdSigma;
    require(
        screen == null || (screen > 0 && Double.isFinite(screen)),
        "--threshold-sigma must be > 0 and finite: " + screen);
    Double asked = order;
    require(
        asked == null || (asked > 1 && Double.isFinite(asked)),
        "--order must be > 1 and finite: " + asked);
    List<Double> logQs =
        histograms().stream().map(counts -> GnmaxBound.logQ(counts, sigma)).toList();
    double screening = screen == null ? 0 : GnmaxBound.thresholdRenyi(2, screen) / 2;
    Figures figures = new Figures(logQs, sigma, screening * logQs.size(), delta);
    print(figures, asked, screen);
    return 0;
  }

  /**
   * What the histograms cost at each order.
   *
   * @param logQs one a histogram
   * @param screening divergence of all threshold questions, per unit of order
   */
  private record Figures(List<Double> logQs, double sigma, double screening, double delta) {

    double renyi(double alpha) {
      double sum =
          logQs.stream().mapToDouble(q -> GnmaxBound.renyi(alpha, q, sigma)).sum();
      return sum + alpha * screening;
    }

    double renyiWithoutData(double alpha) {
      return logQs.size() * GnmaxBound.renyiWithoutData(alpha, sigma) + alpha * screening;
    }

    double epsilon(double alpha) {
      return GnmaxBound.epsilon(alpha, renyi(alpha), delta);
    }

    double epsilonWithoutData(double alpha) {
      return GnmaxBound.epsilon(alpha, renyiWithoutData(alpha), delta);
    }

    /** Any order is valid; the best of a fine grid from 1.01 to 10,001 is close to the best there is. */
    static double best(java.util.function.DoubleUnaryOperator epsilon) {
      double best = 2;
      for (double alpha : IntStream.rangeClosed(0, 600)
          .mapToDouble(i -> 1 + Math.pow(10, -2 + i / 100.0))
          .toArray()) {
        best = epsilon.applyAsDouble(alpha) < epsilon.applyAsDouble(best) ? alpha : best;
      }
      return best;
    }
  }

  private void print(Figures figures, @Nullable Double asked, @Nullable Double screen) {
    double alpha = asked == null ? Figures.best(figures::epsilon) : asked;
    double plainAlpha = asked == null ? Figures.best(figures::epsilonWithoutData) : asked;
    if (json) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("private", true);
      out.put("warning", WARNING);
      out.put("publishes", "arg max alone");
      out.put("epsilon", JsonNumbers.upper(figures.epsilon(alpha)));
      out.put("delta", JsonNumbers.nearest(delta));
      out.put("sigma", JsonNumbers.nearest(sigma));
      if (screen != null) {
        out.put("thresholdSigma", JsonNumbers.nearest(screen));
      }
      out.put("queries", figures.logQs().size());
      out.put("accountant", "rdp");
      out.put("bound", "upper");
      out.put("order", JsonNumbers.nearest(alpha));
      out.put("renyi", JsonNumbers.upper(figures.renyi(alpha)));
      if (figures.logQs().size() == 1) {
        out.put("logQ", JsonNumbers.upper(figures.logQs().get(0)));
      }
      out.put("orderWithoutData", JsonNumbers.nearest(plainAlpha));
      out.put("renyiWithoutData", JsonNumbers.upper(figures.renyiWithoutData(plainAlpha)));
      out.put("epsilonWithoutData", JsonNumbers.upper(figures.epsilonWithoutData(plainAlpha)));
      System.out.println(JSON.writeValueAsString(out));
      return;
    }
    System.out.println(WARNING);
    System.out.println();
    row("histograms", String.valueOf(figures.logQs().size()));
    row("sigma", number(sigma));
    row(
        "epsilon given these votes (PRIVATE)",
        at(figures.epsilon(alpha), figures.renyi(alpha), alpha));
    row(
        "epsilon whatever the votes",
        at(
            figures.epsilonWithoutData(plainAlpha),
            figures.renyiWithoutData(plainAlpha),
            plainAlpha));
  }

  private String at(double epsilon, double renyi, double alpha) {
    return number(epsilon) + " at delta " + delta + "  (Renyi " + number(renyi) + " at order "
        + number(alpha) + ")";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  private static void row(String name, String value) {
    System.out.printf("  %-38s %s%n", name, value);
  }

  private List<List<Long>> histograms() throws IOException, CommandFailedException {
    if (votes.counts != null) {
      return VoteHistograms.of("--counts", List.of(votes.counts));
    }
    return VoteHistograms.read(votes.file == null ? Path.of("") : votes.file);
  }

  private static void require(boolean holds, String message) throws CommandFailedException {
    if (!holds) {
      throw new CommandFailedException(message);
    }
  }
}
