package dev.retort.cli;

import picocli.CommandLine.Command;

/** The root of all commands. */
@Command(
    name = "retort",
    description =
        "Federated, differentially private distillation: teachers stay where the data are.",
    mixinStandardHelpOptions = true,
    versionProvider = SoftwareVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      SimulateCommand.class,
      CoordinatorCommand.class,
      NodeCommand.class,
      StudyCommand.class,
      TransferCommand.class,
      LedgerCommand.class,
      PrivacyCommand.class,
      AuditCommand.class,
      ModelCommand.class
    })
final class RetortCommand extends CommandGroup {}
