package dev.retort.cli;

import dev.retort.auditor.AuditResult;
import dev.retort.cli.report.AuditPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retort audit report}: what {@code retort audit verify} found, for a data-protection officer. */
@Command(
    name = "report",
    description = {
      "Verify exports as audit verify does, and write what they show as one HTML page for a data-protection officer.",
      "The page asks nothing of any network and prints to PDF from any browser."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:everything that could be checked holds",
      "1:a file cannot be read or written",
      "2:the command line is wrong",
      "3:something does not hold; the page is written and says what"
    },
    mixinStandardHelpOptions = true)
final class AuditReportCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Exports (retort ledger export), or homes of nodes and coordinators.")
  private List<Path> directories = List.of();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The HTML file to write; one that exists is replaced.")
  private Path output = Path.of("report.html");

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      defaultValue = "Privacy audit",
      description = "The page's title. Default: ${DEFAULT-VALUE}.")
  private String title = "Privacy audit";

  @Override
  public Integer call() throws Exception {
    AuditResult result = AuditVerifyCommand.audit(directories, List.of());
    Files.writeString(output, AuditPage.html(result, title, SoftwareVersion.current()));
    System.out.printf(
        "%s: %s; %d findings, %d things not checked%n",
        output,
        result.ok() ? "everything that could be checked holds" : "the logs DO NOT hold",
        result.findings().size(),
        result.unchecked().size());
    return result.ok() ? 0 : AuditCommand.VIOLATION;
  }
}
