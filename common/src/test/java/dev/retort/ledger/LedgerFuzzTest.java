package dev.retort.ledger;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** What a ledger's entries and an export's files hold is refused by checked exceptions and findings alone. */
@Tag("fuzz")
class LedgerFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void entry(byte[] bytes) {
    try {
      if (!Arrays.equals(EntryCodec.encode(EntryCodec.decode(bytes)), bytes)) {
        throw new AssertionError("must be written as it was read");
      }
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void entryInEnvelope(byte[] bytes) {
    try {
      EntryCodec.decode(Envelope.parse(bytes).payload());
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  /** One file of an export, the first byte saying which, holds anything. */
  @FuzzTest(maxDuration = "60s")
  void exportFile(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return;
    }
    Path export = Files.createTempDirectory("fuzz-export");
    try {
      String[] files = {
        "export.json",
        "checkpoint",
        "policy",
        "cosigned/a",
        "answers.csv",
        "tile/entries/000.p/1",
        "evidence/" + "0".repeat(64)
      };
      Path file = export.resolve(files[(bytes[0] & 0xff) % files.length]);
      Files.createDirectories(export.resolve("tile"));
      Files.createDirectories(file.getParent());
      Files.write(file, Arrays.copyOfRange(bytes, 1, bytes.length));
      if (LedgerVerifier.verify(export).ok()) {
        throw new AssertionError("must be found: no export has one file");
      }
    } catch (MalformedLogException | LogUnavailableException refused) {
      named(refused);
    } finally {
      try (Stream<Path> paths = Files.walk(export)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void named(Exception refused) {
    if (!String.valueOf(refused.getMessage()).contains("must")) {
      throw new AssertionError("must say which rule is broken", refused);
    }
  }
}
