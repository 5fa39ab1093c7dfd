package dev.retort.auditor;

import dev.retort.journal.JournalState;
import dev.retort.merkle.Digest;
import dev.retort.tlog.MalformedLogException;
import java.util.List;
import java.util.Optional;

/**
 * What an audit found.
 *
 * @param logs every log that could be read, in the order given
 * @param findings what does not hold, in that order
 * @param unchecked what could not be checked because a file was not given: no fault, but no proof either
 * @param uncheckable what nobody can check, whatever is given
 */
public record AuditResult(
    List<LogResult> logs,
    List<AuditFinding> findings,
    List<String> unchecked,
    List<String> uncheckable) {

  public AuditResult {
    logs = List.copyOf(logs);
    findings = List.copyOf(findings);
    unchecked = List.copyOf(unchecked);
    uncheckable = List.copyOf(uncheckable);
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
   * @param keys the keys that signed it, one after the other; at least one
   * @param dates when its entries say that they were written; empty if none says so
   * @param witnesses who cosigned a checkpoint that is a prefix of it, and of what size
   * @param ledger a node's ledger, followed to its end
   * @param journal a coordinator's journal, followed to its end
   */
  public record LogResult(
      AuditedLog.Kind kind,
      String origin,
      List<KeySpan> keys,
      long entries,
      Optional<Dates> dates,
      List<Witnessed> witnesses,
      Optional<LedgerFold> ledger,
      Optional<JournalState> journal) {
    public LogResult {
      keys = List.copyOf(keys);
      witnesses = List.copyOf(witnesses);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("log must have a key: " + origin);
      }
    }

    /** The key that signs it now, to be compared with the one that its owner made known. */
    public String key() {
      return keys.get(keys.size() - 1).key();
    }

    /** The fingerprint of that key. */
    public Digest keyDigest() {
      return keys.get(keys.size() - 1).fingerprint();
    }
  }

  /**
   * A key and the entries that it signed.
   *
   * @param key in C2SP form
   * @param first the index of the first entry that it signs; the entry before it, which names it, bears its signature too
   */
  public record KeySpan(String key, long first) {

    /** SHA-256 of the raw key: by it ledgers name a coordinator, and people can compare it aloud. */
    public Digest fingerprint() {
      return Digest.of(rawKey());
    }

    /** The raw Ed25519 key. */
    byte[] rawKey() {
      try {
        return PublicKeys.of(key).raw();
      } catch (MalformedLogException e) {
        throw new IllegalStateException("key must be one that the audit could read: " + key, e);
      }
    }
  }

  /**
   * What a log's entries say of when they were written, in seconds since 1970. Nobody vouches for it but the log's owner.
   *
   * @param first the earliest
   * @param last the latest
   * @param backwards the indexes of entries that are dated before the entry before them
   */
  public record Dates(long first, long last, List<Long> backwards) {
    public Dates {
      backwards = List.copyOf(backwards);
    }
  }

  /** A witness, and the newest size of the log that it cosigned. */
  public record Witnessed(String witness, long size) {}
}
