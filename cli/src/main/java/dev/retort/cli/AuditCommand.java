package dev.retort.cli;

import picocli.CommandLine.Command;

/** {@code retort audit}: attacks on Retort's own releases, and what they prove. */
@Command(
    name = "audit",
    description = {
      "Attack releases and certify a lower bound on the epsilon they really have.",
      "A bound above the claim is a violation; a bound below it is no proof of the claim."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditMechanismCommand.class, AuditCanaryCommand.class, AuditOneRunCommand.class})
final class AuditCommand extends CommandGroup {

  /** The exit code where a certified lower bound exceeds the claim. */
  static final int VIOLATION = 3;
}
