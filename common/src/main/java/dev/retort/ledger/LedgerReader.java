package dev.retort.ledger;

import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the entries of a ledger to show them. It does not say whether they hold: {@link LedgerVerifier} does. */
public final class LedgerReader {

  private LedgerReader() {}

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
