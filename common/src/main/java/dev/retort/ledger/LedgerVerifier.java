package dev.retort.ledger;

import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;

/**
 * Redoes every check of a ledger from its file or export alone: signatures, canonical form, order, the chain of roots, the signed
 * checkpoint, each cost from its campaign's sigma and grid, every running total, each budget from its (epsilon, delta),
 * the pairing of charges with releases, and the digest of every stored answer and piece of evidence.
 *
 * <p>It cannot see whether noise was honestly drawn, nor that later entries were cut off together with their checkpoint;
 * for the second, compare with a checkpoint held by somebody else.
 */
public final class LedgerVerifier {

  private LedgerVerifier() {}

  /**
   * Checks the ledger against the key that it names itself: compare {@link LedgerReport#logKey} with the node's.
   *
   * @param path a node's home, its {@code ledger.db}, or an export
   * @throws MalformedLogException if the file is no SQLite file of a ledger's form, so that nothing can be said
   * @throws LogUnavailableException if the ledger cannot be read
   */
  public static LedgerReport verify(Path path)
      throws MalformedLogException, LogUnavailableException {
    return verify(path, LedgerChecks.ofEverything());
  }

  /**
   * Checks the ledger against the key known to be the node's.
   *
   * @param expectedLogKey the key in C2SP form, {@code name+keyid+key}
   * @throws MalformedLogException if the file is no SQLite file of a ledger's form, so that nothing can be said
   * @throws LogUnavailableException if the ledger cannot be read
   */
  public static LedgerReport verify(Path path, String expectedLogKey)
      throws MalformedLogException, LogUnavailableException {
    return verify(path, LedgerChecks.ofEverything().withLogKey(expectedLogKey));
  }

  /**
   * Checks the ledger against what the auditor knows. An export's files are checked too: tiles, notes, policy and index
   * against the entries, and that there is no other file.
   *
   * @throws MalformedLogException if the file is no SQLite file of a ledger's form, so that nothing can be said
   * @throws LogUnavailableException if the ledger cannot be read
   */
  public static LedgerReport verify(Path path, LedgerChecks checks)
      throws MalformedLogException, LogUnavailableException {
    try (LedgerSource open = LedgerSource.open(path)) {
      LedgerAudit audit = LedgerAudit.by(open, checks);
      audit.readEntries(ledgerRecord -> {});
      audit.readAnswers();
      audit.readEvidence();
      return audit.report();
    }
  }
}
