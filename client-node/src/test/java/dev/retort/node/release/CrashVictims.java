package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.util.LibraryLoaderUtil;

/** Processes that wait for their order, the next one being started while the one before is at work. */
final class CrashVictims implements AutoCloseable {

  private static final int STARTED_AHEAD = 2;
  private static final int SIGKILLED = 128 + 9;

  private final Path directory;
  private final Deque<Victim> waiting = new ArrayDeque<>();

  CrashVictims(Path directory) throws IOException {
    this.directory = directory;
    // Unpacked once: each killed process would leave its own copy behind.
    String resource =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    try (InputStream library =
        Objects.requireNonNull(CrashVictims.class.getResourceAsStream(resource), resource)) {
      Files.copy(library, directory.resolve(LibraryLoaderUtil.getNativeLibName()));
    }
  }

  /** Gives a process its order. */
  Victim order(String order) throws IOException {
    while (waiting.size() <= STARTED_AHEAD) {
      waiting.add(start());
    }
    Victim victim = waiting.remove();
    OutputStream input = victim.process.getOutputStream();
    input.write((order + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
    return victim;
  }

  private Victim start() throws IOException {
    Process process = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dorg.sqlite.lib.path=" + directory,
            "-Dorg.sqlite.lib.name=" + LibraryLoaderUtil.getNativeLibName(),
            "-cp",
            System.getProperty("java.class.path"),
            CrashVictim.class.getName()))
        .redirectError(ProcessBuilder.Redirect.appendTo(errorFile().toFile()))
        .start();
    return new Victim(process);
  }

  private Path errorFile() {
    return directory.resolve("errors.txt");
  }

  /** What the processes complained of, for the message of a test that fails. */
  String errors() {
    try {
      return Files.exists(errorFile()) ? Files.readString(errorFile()) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    waiting.forEach(victim -> victim.process.destroyForcibly());
  }

  /** One process. */
  static final class Victim {

    private final Process process;
    private final BufferedReader output;

    private Victim(Process process) {
      this.process = process;
      this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The next whole line, or null at the end. */
    @Nullable
    String readLine() throws IOException {
      return output.readLine();
    }

    /** Kills it with SIGKILL; what it printed can still be read. */
    void kill() throws InterruptedException {
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      assertThat(process.waitFor()).isEqualTo(SIGKILLED);
    }
  }
}
