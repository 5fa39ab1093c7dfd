package dev.retort.auditor;

import dev.retort.journal.JournalState;
import java.util.List;
import java.util.Optional;

/**
 * What an audit found.
 *
 * @param logs every log that could be read, in the order given
 * @param findings what does not hold, in that order
 * @param unchecked what could not be checked because a file was not given: no fault, but no proof either
 */
public record AuditResult(
    List<LogResult> logs, List<AuditFinding> findings, List<String> unchecked) {

  public AuditResult {
    logs = List.copyOf(logs);
    findings = List.copyOf(findings);
    unchecked = List.copyOf(unchecked);
  }

  /** Whether everything that was checked holds. */
  public boolean ok() {
    return findings.isEmpty();
  }

  /** The count of entries in all logs. */
  public long entries() {
    return logs.stream().mapToLong(LogResult::entries).sum();
  }

  /**
   * One log.
   *
   * @param origin its name
   * @param key its key, to be compared with the one that its owner made known
   * @param witnesses who cosigned a checkpoint that is a prefix of it, and of what size
   * @param ledger a node's ledger, followed to its end
   * @param journal a coordinator's journal, followed to its end
   */
  public record LogResult(
      AuditedLog.Kind kind,
      String origin,
      String key,
      long entries,
      List<Witnessed> witnesses,
      Optional<LedgerFold> ledger,
      Optional<JournalState> journal) {
    public LogResult {
      witnesses = List.copyOf(witnesses);
    }
  }

  /** A witness, and the newest size of the log that it cosigned. */
  public record Witnessed(String witness, long size) {}
}
