package dev.retort.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command run in this process.
 *
 * @param exitCode what the process would have ended with
 * @param out what it printed on stdout
 * @param err what it printed on stderr
 */
record Invocation(int exitCode, String out, String err) {

  /** Runs {@code retort arguments}. Not to be called by two threads at once. */
  static Invocation of(List<String> arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.run(arguments.toArray(String[]::new));
      return new Invocation(
          exitCode,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  static Invocation of(String... arguments) {
    return of(List.of(arguments));
  }
}
