package dev.retort.tlog;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * Parsers of what strangers send throw {@link MalformedLogException} and nothing else, and what they accept they write back
 * byte for byte. Replays the recorded inputs; fuzzes one target a run with {@code JAZZER_FUZZ=1}.
 */
@Tag("fuzz")
class TlogFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void note(byte[] bytes) {
    String text = text(bytes);
    try {
      same(SignedNote.parse(text).encode(), text);
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void checkpoint(byte[] bytes) {
    String text = text(bytes);
    try {
      same(Checkpoint.parse(text).text(), text);
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void verifierKey(byte[] bytes) {
    String text = text(bytes);
    try {
      VerifierKey key = VerifierKey.parse(text);
      same(key.toString(), text);
      // Bytes that are no point, or a signature of another length, verify nothing.
      key.verifies(bytes, bytes);
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void envelope(byte[] bytes) {
    try {
      Envelope envelope = Envelope.parse(bytes);
      same(text(envelope.encode()), text(bytes));
      CanonicalJson.parse(envelope.payload());
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void canonicalJson(byte[] bytes) {
    try {
      same(text(CanonicalJson.encode(CanonicalJson.parse(bytes))), text(bytes));
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void exportHeader(byte[] bytes) {
    try {
      same(text(ExportedLog.Header.parse(bytes).encode()), text(bytes));
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void proof(byte[] bytes) {
    String text = text(bytes);
    try {
      TlogProof proof = TlogProof.parse(text);
      same(proof.encode(), text);
      proof.proves(bytes, WitnessPolicy.of(List.of(), List.of(), 0));
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void policy(byte[] bytes) {
    try {
      WitnessPolicy policy = WitnessPolicy.parse(text(bytes));
      String written = policy.encode();
      same(WitnessPolicy.parse(written).encode(), written);
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  /** The first byte is the count of entries that the bundle must have. */
  @FuzzTest(maxDuration = "60s")
  void bundle(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    byte[] bundle = Arrays.copyOfRange(bytes, 1, bytes.length);
    try {
      List<byte[]> entries = EntryBundle.parse(bundle, bytes[0] & 0xff);
      if (!Arrays.equals(EntryBundle.encode(entries), bundle)) {
        throw new AssertionError("must be written as it was read");
      }
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void tilePath(byte[] bytes) {
    String text = text(bytes);
    try {
      Tile tile = Tile.parse(text);
      same(text.startsWith("tile/entries/") ? tile.bundlePath() : tile.path(), text);
      tile.isOfTree(bytes.length);
    } catch (MalformedLogException refused) {
      named(refused);
    }
  }

  /** Any bytes as text. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void same(String written, String read) {
    if (!written.equals(read)) {
      throw new AssertionError("must be written as it was read: " + written + ", " + read);
    }
  }

  private static void named(MalformedLogException refused) {
    if (!String.valueOf(refused.getMessage()).contains("must")) {
      throw new AssertionError("must say which rule is broken", refused);
    }
  }
}
