package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the entries of a ledger to show them. It does not say whether they hold: {@link LedgerVerifier} does. */
public final class LedgerReader {

  private LedgerReader() {}

  /**
   * The keys that sign a ledger, as its entries say: {@link LedgerVerifier} says whether they may.
   *
   * @param path a node's home, its {@code ledger.db}, or an export
   * @throws MalformedLogException if the file, any entry or the first key is malformed, or a rotation does not follow
   * @throws LogUnavailableException if the file cannot be read
   */
  public static KeyHistory keys(Path path) throws MalformedLogException, LogUnavailableException {
    KeyHistory keys;
    try (LedgerSource open = LedgerSource.open(path)) {
      keys = KeyHistory.of(VerifierKey.parse(open.log().logKey().orElse("")));
    }
    try {
      for (LedgerRecord line : entries(path)) {
        if (line.entry() instanceof KeyRotate rotate) {
          keys = keys.with(line.seq(), rotate.keys());
        }
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedLogException("rotations must follow each other: " + e.getMessage(), e);
    }
    return keys;
  }

  /**
   * All entries in order.
   *
   * @param path a node's home, its {@code ledger.db}, or an export
   * @throws MalformedLogException if the file, or any entry, is malformed
   * @throws LogUnavailableException if the file cannot be read
   */
  public static List<LedgerRecord> entries(Path path)
      throws MalformedLogException, LogUnavailableException {
    List<byte[]> envelopes = new ArrayList<>();
    try (LedgerSource open = LedgerSource.open(path)) {
      open.log().forEachEntry((seq, envelope) -> envelopes.add(envelope));
      for (LogFault fault : open.faults()) {
        if (fault.hidesEntries()) {
          throw new MalformedLogException("ledger must be readable: " + fault.message());
        }
      }
    }
    List<LedgerRecord> records = new ArrayList<>(envelopes.size());
    for (byte[] envelope : envelopes) {
      records.add(EntryCodec.decode(Envelope.parse(envelope).payload()));
    }
    return List.copyOf(records);
  }
}
