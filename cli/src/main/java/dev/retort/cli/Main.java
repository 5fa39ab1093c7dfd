package dev.retort.cli;

import java.util.Arrays;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;

/** The one entry point: {@code retort COMMAND}. */
public final class Main {

  private Main() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    // Only programs that run on their own log what they do; a command speaks through its output.
    boolean serves = Arrays.stream(arguments).anyMatch(Set.of("serve", "--serve")::contains);
    System.setProperty("retort.log", serves ? "INFO" : "WARN");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(run(arguments));
  }

  /**
   * Runs the command: 0 for success, 1 for a failure it explains on stderr, 2 for a command line it cannot read, 3 for a
   * node whose ledger is not the newest.
   */
  static int run(String... arguments) {
    return new CommandLine(new RetortCommand())
        .setExecutionExceptionHandler(new FailureReport())
        .setParameterExceptionHandler(new UsageReport())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .execute(arguments);
  }
}
