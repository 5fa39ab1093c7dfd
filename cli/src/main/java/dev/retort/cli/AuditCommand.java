package dev.retort.cli;

import picocli.CommandLine.Command;

/** {@code retort audit}: checks of the records, and attacks on the releases. */
@Command(
    name = "audit",
    description = {
      "Verify ledgers offline, or attack releases and certify a lower bound on the epsilon they really have.",
      "A bound above the claim is a violation; a bound below it is no proof of the claim."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AuditVerifyCommand.class,
      AuditReportCommand.class,
      AuditMechanismCommand.class,
      AuditCanaryCommand.class,
      AuditOneRunCommand.class
    })
final class AuditCommand extends CommandGroup {

  /** The exit code where a certified lower bound exceeds the claim, or a record does not hold. */
  static final int VIOLATION = 3;
}
