package dev.retort.testkit;

import dev.retort.node.NodeHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code retort node serve} in a process of its own. */
final class NodeProcess {

  private NodeProcess() {}

  /** Starts it; what it says goes to {@code log}. */
  static Process serve(NodeHome home, Path log) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 21) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of(
        "-cp",
        System.getProperty("java.class.path"),
        "dev.retort.cli.Main",
        "node",
        "serve",
        "--home",
        home.root().toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
