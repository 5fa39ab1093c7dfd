package dev.retort.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code retort demo}: a federation of separate processes on this machine, from founding to report. */
@Command(
    name = "demo",
    description = {
      "Run a whole federation on this machine, in about two minutes.",
      "A coordinator and three hospitals as processes of their own, mutual TLS on loopback, 10,000 real",
      "handwritten digits."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--epsilon",
      description = "What each hospital may spend, over 0. Default: the demo's own study file.")
  private @Nullable Double epsilon;

  @Option(
      names = "--nodes",
      defaultValue = "3",
      description = "1 to 20 hospitals. Default: ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(
      names = "--teachers",
      description = "Teachers at each hospital. Default: the demo's own study file.")
  private @Nullable Integer teachers;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "For the data split and training, never for noise. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print one JSON object, alone, on stdout.")
  private boolean json;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description =
          "Where everything is written. Default: a new directory among the temporary files.")
  private @Nullable Path keep;

  @Override
  public Integer call() throws Exception {
    if (nodes < 1 || nodes > 20) {
      throw new CommandFailedException("--nodes must be in [1, 20]: " + nodes);
    }
    if (epsilon != null && !(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new CommandFailedException("--epsilon must be > 0 and finite: " + epsilon);
    }
    if (teachers != null && (teachers < 1 || teachers > 100_000)) {
      throw new CommandFailedException("--teachers must be in [1, 100000]: " + teachers);
    }
    Path home = directory();
    ProgressLines progress = ProgressLines.onStderr();
    Demo demo = new Demo(home, nodes, new Demo.Study(epsilon, teachers, seed), progress);
    RunReport report = demo.run();
    if (json) {
      System.out.println(report.toJson());
    } else {
      System.out.println();
      System.out.print(new RunTable(report).text());
      System.out.println();
      System.out.printf("  model and model card   %s%n", demo.artefacts());
      System.out.printf(
          "  ledgers                %s%n", home.resolve("hospital-*").resolve("ledger.db"));
      System.out.printf("  logs                   %s%n", home.resolve("logs"));
      System.out.printf(
          "  audit them             ./retort audit verify %s %s%n",
          home.resolve("coordinator"), home.resolve("hospital-*"));
    }
    return report.ledgersVerified() ? 0 : 1;
  }

  private Path directory() throws Exception {
    return keep == null
        ? Files.createTempDirectory("retort-demo-")
        : Trees.createEmpty("--keep", keep);
  }
}
