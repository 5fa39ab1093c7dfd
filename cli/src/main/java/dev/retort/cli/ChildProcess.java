package dev.retort.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another {@code retort} process, with its output in a log file. */
final class ChildProcess implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int TAIL_LINES = 15;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts {@code retort arguments} on this JVM's own java and class path. */
  static ChildProcess start(String name, Path logs, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
    if (Runtime.version().feature() >= 21) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    Path log = logs.resolve(name + ".log");
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    return new ChildProcess(name, process, log);
  }

  /**
   * Waits for a line of output.
   *
   * @return the match
   * @throws CommandFailedException if the process ends first, or {@code patience} does
   */
  Matcher await(Pattern line, Duration patience)
      throws IOException, InterruptedException, CommandFailedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      Matcher matcher = line.matcher(Files.readString(log, StandardCharsets.UTF_8));
      if (matcher.find()) {
        return matcher;
      }
      requireAlive();
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    throw new CommandFailedException(
        name + " did not start in " + patience.toSeconds() + " s" + tail());
  }

  /**
   * Waits until the process has done what it was started for.
   *
   * @throws CommandFailedException if it fails, or {@code patience} ends first
   */
  void awaitSuccess(Duration patience)
      throws IOException, InterruptedException, CommandFailedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
      throw new CommandFailedException(
          name + " did not end in " + patience.toSeconds() + " s" + tail());
    }
    if (process.exitValue() != 0) {
      throw new CommandFailedException(
          name + " ended with exit code " + process.exitValue() + tail());
    }
  }

  /** Fails with the end of the log if the process has ended. */
  void requireAlive() throws IOException, CommandFailedException {
    if (!process.isAlive()) {
      throw new CommandFailedException(
          name + " ended with exit code " + process.exitValue() + tail());
    }
  }

  /** The process's peak memory; empty once it has ended. */
  Optional<Long> peakRssBytes() {
    long bytes = process.isAlive() ? ResidentSet.peakBytes(process.pid()) : 0;
    return bytes == 0 ? Optional.empty() : Optional.of(bytes);
  }

  private String tail() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    int from = Math.max(0, lines.size() - TAIL_LINES);
    return "; " + log + " ends:\n  " + String.join("\n  ", lines.subList(from, lines.size()));
  }

  /** Ends the process: politely, and after five seconds not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
