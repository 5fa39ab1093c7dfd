package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class CommandLineTest {

  @TempDir
  private Path directory;

  static List<List<String>> commands() {
    List<List<String>> paths = new ArrayList<>();
    collect(new CommandLine(new RetortCommand()), List.of(), paths);
    return paths;
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> paths) {
    paths.add(path);
    command
        .getSubcommands()
        .forEach((name, sub) ->
            collect(sub, Stream.concat(path.stream(), Stream.of(name)).toList(), paths));
  }

  private static void assertOneLine(Invocation run) {
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("retort: ").endsWith(System.lineSeparator());
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
  }

  @Test
  void commands_areThoseOfTheManual() {
    assertThat(commands().stream().map(path -> String.join(" ", path)))
        .contains(
            "demo",
            "simulate",
            "coordinator init",
            "coordinator serve",
            "coordinator invite",
            "coordinator nodes",
            "node join",
            "node serve",
            "study create",
            "study status",
            "study report",
            "transfer import",
            "ledger show",
            "ledger verify",
            "ledger export",
            "ledger diff",
            "audit mechanism",
            "audit canary",
            "audit one-run",
            "audit verify",
            "audit report",
            "privacy epsilon",
            "privacy sigma",
            "privacy rho",
            "privacy queries",
            "privacy plan",
            "privacy gnmax",
            "model evaluate");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEveryCommand_explainsItOnStdout(List<String> command) {
    Invocation run =
        Invocation.of(Stream.concat(command.stream(), Stream.of("--help")).toList());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: retort").contains(String.join(" ", command));
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void unknownOption_ofEveryCommand_isOneLineAndTwo(List<String> command) {
    Invocation run =
        Invocation.of(Stream.concat(command.stream(), Stream.of("--nonsense")).toList());
    assertThat(run.exitCode()).isEqualTo(2);
    assertOneLine(run);
    assertThat(run.err()).contains("--help");
  }

  @Test
  void version_isOneLine() {
    Invocation run = Invocation.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          ''                                                 | 2 | a command is needed
          study                                              | 2 | a command is needed: create, status, report
          nonsense                                           | 2 | nonsense
          simulate                                           | 2 | --data
          simulate @/study.yaml --data @ --nodes three       | 2 | --nodes
          simulate @/none.yaml --data @ --nodes 2            | 1 | none.yaml
          simulate @/study.yaml --data @/none --nodes 2      | 1 | --data must be a directory
          simulate @/study.yaml --data @ --nodes 2           | 1 | --data must hold train-images-idx3-ubyte
          simulate @/broken.yaml --data @ --nodes 2          | 1 | broken.yaml is not well-formed YAML
          simulate @/study.yaml --data @ --nodes 2 --set a   | 1 | --set must be KEY=VALUE
          coordinator serve --home @                         | 1 | coordinator.yaml; make one with: retort coordinator init
          coordinator init --home @/c --federation L --host a | 1 | federation must be
          coordinator init --home @/c --federation l --host a --listen 7 | 1 | listen must be HOST:PORT
          coordinator nodes --home @                         | 1 | coordinator.yaml
          coordinator invite x --home @ --hours 0            | 1 | --hours must be in [1, 168]: 0
          node serve --home @                                | 1 | must hold node.yaml; join first
          node join nonsense --home @/n --coordinator a:1    | 1 | token
          node join nonsense --home @/n --coordinator a      | 1 | coordinator must be HOST:PORT
          study create @/study.yaml --home @                 | 1 | coordinator.yaml
          ledger verify @                                    | 1 | ledger must be a node's home, a ledger.db or an export
          ledger verify @ --signatures some                  | 1 | --signatures must be all or checkpoint: some
          ledger verify @ --policy @/none                    | 1 | no such file
          ledger verify @ --policy @/study.yaml              | 1 | policy file must be a C2SP tlog-policy
          ledger show @/none                                 | 1 | ledger
          ledger export @                                    | 2 | DIR
          ledger export @/none @/out                         | 1 | ledger must be a node's home
          ledger diff @                                      | 2 | B
          ledger diff @/none @/none                          | 1 | ledger must be a node's home
          transfer import --home @ --name x --licence y      | 2 | --images
          model evaluate @                                   | 1 | no such file:
          audit                                              | 2 | a command is needed: verify, report, mechanism, canary, one-run
          audit mechanism                                    | 2 | --epsilon
          audit mechanism --epsilon 1 --sigma 2              | 2 | mutually exclusive
          audit mechanism --epsilon 0                        | 1 | --epsilon must be > 0
          audit mechanism --epsilon 1e-9                     | 1 | --epsilon must be larger
          audit mechanism --epsilon 1 --delta 0              | 1 | --delta must be in (0, 1)
          audit mechanism --sigma 0                          | 1 | --sigma must be >= 1
          audit mechanism --sigma 1                          | 1 | --sigma must be larger
          audit mechanism --epsilon 1 --runs 7               | 1 | --runs must be >= 8
          audit mechanism --epsilon 1 --queries 0            | 1 | --queries must be in [1, 4096]
          audit mechanism --epsilon 1 --classes 1            | 1 | --classes must be in [2, 1000]
          audit mechanism --epsilon 1 --label-grid 0         | 1 | --label-grid must be in [1, 65535]
          audit mechanism --epsilon 1 --confidence 1         | 1 | --confidence must be in (0, 1)
          audit canary --epsilon 1 --images @/i              | 2 | --labels
          audit canary --epsilon 1 --csv @/none --label y    | 1 | no such file
          audit canary --epsilon 1 --teachers 0              | 1 | --teachers must be in [1, 10000]
          audit canary --epsilon 1 --canary-records 0        | 1 | --canary-records must be >= 1
          audit canary --epsilon 1 --architecture vgg        | 1 | vgg
          audit one-run --epsilon 1 --guesses 3              | 1 | --guesses must be even
          audit one-run --epsilon 1 --duplicates 0           | 1 | --duplicates must be in [1, 1000]
          privacy | 2 | a command is needed: epsilon, sigma, rho, queries, plan, gnmax
          privacy epsilon --sigma 4 | 1 | --l2-squared or --change must say how far one privacy unit moves a query
          privacy epsilon --mechanism gaussian --sigma 4 | 1 | --l2-squared must say how far one privacy unit moves a query
          privacy epsilon --change 1,-1 --l2-squared 2 | 1 | --l2-squared must be left out where --change is given
          privacy epsilon --change 1,-1 | 1 | --sigma must say how much discrete-gaussian noise there is
          privacy epsilon --mechanism laplace --change 1 | 1 | --b must say how much laplace noise there is
          privacy epsilon --mechanism laplace --change 1 --sigma 4 | 1 | --sigma must be left out for laplace; give --b
          privacy epsilon --change 1 --b 4 | 1 | --b must be left out for discrete-gaussian; give --sigma
          privacy epsilon --change 1 --sigma 0 | 1 | --sigma must be in [1e-15, 1e15]: 0.0
          privacy epsilon --change 1 --sigma NaN | 1 | --sigma must be in [1e-15, 1e15]: NaN
          privacy epsilon --mechanism laplace --change 1 --b -1 | 1 | --b must be in [1e-15, 1e15]: -1.0
          privacy epsilon --change 1 --sigma four | 2 | --sigma
          privacy epsilon --change 1.5 --sigma 4 | 1 | --change must hold integers within +-16777216 for discrete-gaussian: 1.5
          privacy epsilon --change 0,0 --sigma 4 | 1 | --change must have an entry that is not 0
          privacy epsilon --mechanism laplace --change 1e99 --b 4 | 1 | --change must hold numbers within +-1e15
          privacy epsilon --mechanism gaussian --change 1 --sigma 4 | 1 | --change must be left out for gaussian
          privacy epsilon --l2-squared 2.5 --sigma 4 | 1 | --l2-squared must be a whole number below 2^53 for discrete-gaussian
          privacy epsilon --l2-squared -1 --sigma 4 | 1 | --l2-squared must be in [1e-30, 1e30]: -1.0
          privacy epsilon --l2-squared 2 --sigma 4 --q 0.5 | 1 | --q must be left out for discrete-gaussian
          privacy epsilon --mechanism sampled-gaussian --l2-squared 1 --sigma 4 | 1 | --q must say
          privacy epsilon --mechanism sampled-gaussian --l2-squared 1 --sigma 4 --q 2 | 1 | --q must be in [1e-15, 1]: 2.0
          privacy epsilon --mechanism sampled-gaussian --l2-squared 1 --sigma 4 --q 0.1 | 1 | --accountant must not be zcdp for sampled-gaussian
          privacy epsilon --mechanism sampled-gaussian --l2-squared 1 --sigma 4 --q 0.1 --accountant gdp | 1 | --accountant must not be gdp for sampled-gaussian
          privacy epsilon --mechanism laplace --change 1 --b 4 --accountant gdp | 1 | --accountant must not be gdp for laplace
          privacy epsilon --change 1 --sigma 1 --accountant gdp | 1 | --sigma must be > 1.5 for gdp with discrete-gaussian
          privacy epsilon --l2-squared 8 --sigma 4 --accountant pld | 1 | --change must be given for pld with discrete-gaussian
          privacy epsilon --change 1 --sigma 4 --count 0 | 1 | --count must be in [1, 10^12]: 0
          privacy epsilon --change 1 --sigma 4 --delta 0 | 1 | --delta must be in [1e-200, 1): 0.0
          privacy epsilon --change 1 --sigma 4 --delta 1 | 1 | --delta must be in [1e-200, 1): 1.0
          privacy epsilon --change 1 --sigma 4 --orders 2,3 | 1 | --orders must be left out unless --accountant is rdp
          privacy epsilon --change 1 --sigma 4 --orders 2,1 --accountant rdp | 1 | --orders must be > 1 and finite: 1.0
          privacy epsilon --change 1 --sigma 4 --accountant fdp | 2 | must be one of zcdp, rdp, gdp, pld: fdp
          privacy epsilon --change 1 --sigma 4 --mechanism geometric | 2 | must be one of gaussian, discrete-gaussian, laplace, sampled-gaussian
          privacy sigma --change 1 | 2 | --epsilon
          privacy sigma --change 1 --epsilon 0 | 1 | --epsilon must be in (0, 10^6]: 0.0
          privacy sigma --change 1 --epsilon 1e-9 --count 1000000000000 | 1 | --epsilon must be larger: no sigma below 2^24 is enough
          privacy sigma --mechanism laplace --change 1e9 --epsilon 1e-6 --delta 1e-9 --count 1000000000000 | 1 | --epsilon must be larger: no b up to 1e15 is enough
          privacy sigma --l2-squared 8 --epsilon 1 --accountant pld | 1 | --change must be given
          privacy rho | 2 | --epsilon
          privacy rho --epsilon -1 | 1 | --epsilon must be in (0, 10^6]: -1.0
          privacy rho --epsilon 1 --delta 2 | 1 | --delta must be in [1e-200, 1): 2.0
          privacy queries --change 1 --sigma 4 | 2 | --epsilon
          privacy queries --change 1 --epsilon 1 | 1 | --sigma must say how much
          privacy queries --change 1 --sigma 4 --epsilon 1e7 | 1 | --epsilon must be in (0, 10^6]: 1.0E7
          privacy queries --mechanism sampled-gaussian --l2-squared 1 --sigma 4 --q 0.1 --epsilon 1 | 1 | --accountant must not be zcdp
          demo --nodes 0                                     | 1 | --nodes
          demo --epsilon -1                                  | 1 | epsilon
          """)
  void failure_isOneLineWithItsCode(String arguments, int code, String message) throws Exception {
    Files.writeString(directory.resolve("study.yaml"), "task: { classes: [a, b] }");
    Files.writeString(directory.resolve("broken.yaml"), "task: [");
    Invocation run = Invocation.of(
        arguments.isEmpty()
            ? List.of()
            : Stream.of(arguments.split(" "))
                .map(word -> word.replace("@", directory.toString()))
                .toList());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(code);
    assertOneLine(run);
    assertThat(run.err()).contains(message);
  }
}
