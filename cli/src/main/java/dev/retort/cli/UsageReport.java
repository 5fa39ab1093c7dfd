package dev.retort.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** Turns a command line that cannot be read into one line on stderr that says where help is. */
final class UsageReport implements IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String message = String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    command
        .getErr()
        .println("retort: " + message + "; see: " + command.getCommandSpec().qualifiedName()
            + " --help");
    command.getErr().flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
