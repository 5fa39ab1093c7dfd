package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.ledger.ExportedLedger.Shape;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.LogExport;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.WitnessPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes a node's ledger into a directory that an auditor can verify with nothing else. */
public final class LedgerExport {

  private LedgerExport() {}

  /** What becomes of the released answers, which the coordinator has, and others need not. */
  public enum Answers {
    INCLUDED,
    /** Then their digests stand in the ledger, and nothing is held against them. */
    LEFT_OUT
  }

  /** What becomes of the messages that show that refusals in secure sums were right. */
  public enum Evidence {
    INCLUDED,
    /** Then their digests stand in the ledger, and nobody can judge by them. */
    LEFT_OUT
  }

  /**
   * Exports a ledger with its evidence, as {@link #write(Path, Path, WitnessPolicy, SortedMap, Answers, Evidence)} does.
   */
  public static long write(
      Path ledger,
      Path target,
      @Nullable WitnessPolicy policy,
      SortedMap<String, String> witnessed,
      Answers answers)
      throws MalformedLogException, LogUnavailableException {
    return write(ledger, target, policy, witnessed, answers, Evidence.INCLUDED);
  }

  /**
   * Exports a ledger, while its node runs or not. The directory is there as a whole, or not at all.
   *
   * @param ledger a node's home, its {@code ledger.db}, or an export
   * @param target a directory that is empty or does not exist
   * @param policy lists the ledger's key and every witness whose cosignature it holds; null for
   *     what the ledger itself knows of them
   * @param witnessed the newest checkpoints of other logs that the node accepted as a witness, by their origins
   * @return the count of entries
   * @throws MalformedLogException if the entries are not those of the checkpoint, an answer or a piece of evidence is malformed, or a witness's
   *     key is not in the policy
   * @throws LogUnavailableException if the ledger cannot be read, or {@code target} is not empty or cannot be written
   */
  public static long write(
      Path ledger,
      Path target,
      @Nullable WitnessPolicy policy,
      SortedMap<String, String> witnessed,
      Answers answers,
      Evidence evidence)
      throws MalformedLogException, LogUnavailableException {
    try (LedgerSource source = LedgerSource.open(ledger)) {
      return LogExport.write(
          source.log(), ExportedLog.Kind.NODE, target, policy, witnessed, directory -> {
            if (answers == Answers.INCLUDED && source.hasAnswers()) {
              writeAnswers(source, directory);
            }
            if (evidence == Evidence.INCLUDED) {
              ExportedEvidence.write(source.evidence(), directory);
            }
          });
    }
  }

  private static void writeAnswers(LedgerSource source, Path directory)
      throws IOException, MalformedLogException, LogUnavailableException {
    Path answers = Files.createDirectory(directory.resolve(ExportedLedger.ANSWERS));
    StringBuilder index = new StringBuilder(ExportedLedger.COLUMNS).append('\n');
    try {
      source.forEachAnswer((charge, block) -> index.append(write(answers, charge, block)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (index.indexOf("!") >= 0) {
      throw new MalformedLogException("answers must be sound to be exported; verify the ledger");
    }
    Files.writeString(directory.resolve(ExportedLedger.INDEX), index, StandardCharsets.US_ASCII);
  }

  /** The answer's row of the index; an exclamation mark where there is no answer. */
  private static String write(Path answers, long charge, @Nullable LabelBlock block) {
    if (block == null) {
      return "!";
    }
    try {
      Files.write(answers.resolve(Long.toString(charge)), LabelBlockCodec.encode(block));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Shape(block.firstSample(), block.count(), block.classes()).row(charge);
  }
}
