package dev.retort.ledger;

import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Redoes every check of a ledger from its file alone: signatures, canonical form, order, the chain of roots, the signed
 * checkpoint, each cost from its campaign's sigma and grid, every running total, each budget from its (epsilon, delta),
 * the pairing of charges with releases, and the digest of every stored answer.
 *
 * <p>It cannot see whether noise was honestly drawn, nor that later entries were cut off together with their checkpoint;
 * for the second, compare with a checkpoint held by somebody else.
 */
public final class LedgerVerifier {

  private LedgerVerifier() {}

  /**
   * Checks the ledger against the key that it names itself: compare {@link LedgerReport#logKey} with the node's.
   *
   * @throws MalformedLogException if the file is no SQLite file of a ledger's form, so that nothing can be said
   * @throws LogUnavailableException if the file cannot be read
   */
  public static LedgerReport verify(Path file)
      throws MalformedLogException, LogUnavailableException {
    return audit(file, null);
  }

  /**
   * Checks the ledger against the key known to be the node's.
   *
   * @param expectedLogKey the key in C2SP form, {@code name+keyid+key}
   * @throws MalformedLogException if the file is no SQLite file of a ledger's form, so that nothing can be said
   * @throws LogUnavailableException if the file cannot be read
   */
  public static LedgerReport verify(Path file, String expectedLogKey)
      throws MalformedLogException, LogUnavailableException {
    return audit(file, expectedLogKey);
  }

  private static LedgerReport audit(Path file, @Nullable String expectedLogKey)
      throws MalformedLogException, LogUnavailableException {
    try (LedgerFile open = LedgerFile.openToRead(file)) {
      LedgerAudit audit = LedgerAudit.ofEverything(open);
      audit.readEntries(expectedLogKey, ledgerRecord -> {});
      audit.readAnswers();
      return audit.report();
    }
  }
}
