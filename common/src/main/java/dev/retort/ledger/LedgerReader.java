package dev.retort.ledger;

import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the entries of a ledger file to show them. It does not say whether they hold: {@link LedgerVerifier} does. */
public final class LedgerReader {

  private LedgerReader() {}

  /**
   * All entries in order.
   *
   * @throws MalformedLogException if the file, or any entry, is malformed
   * @throws LogUnavailableException if the file cannot be read
   */
  public static List<LedgerRecord> entries(Path file)
      throws MalformedLogException, LogUnavailableException {
    List<byte[]> envelopes = new ArrayList<>();
    try (LedgerFile open = LedgerFile.openToRead(file)) {
      open.log().forEachEntry((seq, envelope) -> envelopes.add(envelope));
    }
    List<LedgerRecord> records = new ArrayList<>(envelopes.size());
    for (byte[] envelope : envelopes) {
      records.add(EntryCodec.decode(Envelope.parse(envelope).payload()));
    }
    return List.copyOf(records);
  }
}
