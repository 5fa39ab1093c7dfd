package dev.retort.cli;

import picocli.CommandLine.Command;

/** {@code retort privacy}: what noise is worth, before anybody adds any. */
@Command(
    name = "privacy",
    description = "Plan a study's noise and what it costs, offline.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PrivacyEpsilonCommand.class,
      PrivacySigmaCommand.class,
      PrivacyRhoCommand.class,
      PrivacyQueriesCommand.class,
      PrivacyPlanCommand.class,
      PrivacyGnmaxCommand.class
    })
final class PrivacyCommand extends CommandGroup {}
