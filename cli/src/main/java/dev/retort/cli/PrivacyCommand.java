package dev.retort.cli;

import picocli.CommandLine.Command;

/** {@code retort privacy}: what noise is worth, before anybody adds any. */
@Command(
    name = "privacy",
    description = "What noise costs, what a budget holds, and what a study would spend; offline.",
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
