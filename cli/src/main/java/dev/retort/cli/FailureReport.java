package dev.retort.cli;

import dev.retort.node.session.RolledBackException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns a failure into one line on stderr. A checked exception's message was written for the person at the terminal; an
 * unchecked one is a fault of Retort's and goes to the log with its trace.
 */
final class FailureReport implements IExecutionExceptionHandler {

  /** The exit code of a node whose ledger is not the newest: starting it again does not help. */
  static final int ROLLED_BACK = 3;

  private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof RuntimeException && !(failure instanceof IllegalArgumentException)) {
      LOG.error("{} failed", command.getCommandName(), failure);
    } else {
      LOG.debug("{} failed", command.getCommandName(), failure);
    }
    command.getErr().println("retort: " + message(failure));
    command.getErr().flush();
    return failure instanceof RolledBackException ? ROLLED_BACK : 1;
  }

  private static String message(Exception failure) {
    String text = failure.getMessage();
    // The system's own say which file, and by their class alone what is wrong with it.
    if (failure instanceof NoSuchFileException) {
      return "no such file: " + text;
    }
    if (failure instanceof AccessDeniedException) {
      return "no permission for: " + text;
    }
    return text == null || text.isBlank() ? failure.getClass().getSimpleName() : text;
  }
}
