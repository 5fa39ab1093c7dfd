package dev.retort.secagg;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.retort.secagg.Frame.SignedFrame;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/** What arrives as a frame, a message or a journal's record is refused by the one checked exception, or has one encoding. */
@Tag("fuzz")
class MessageFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void frame(byte[] bytes) {
    try {
      Frame frame = Frame.parse(Octets.of(bytes));
      requireSame(frame.encode(), bytes);
      if (frame instanceof SignedFrame signed) {
        Message message = signed.message().parse();
        requireSame(message.encode(), signed.message().body().bytes());
      }
    } catch (MalformedMessageException refused) {
      named(refused);
    }
  }

  /** The first byte says of which kind the rest is. */
  @FuzzTest(maxDuration = "60s")
  void message(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    MessageType[] types = MessageType.values();
    byte[] body = Arrays.copyOfRange(bytes, 1, bytes.length);
    try {
      Message message = Message.parse(types[(bytes[0] & 0xff) % types.length], Octets.of(body));
      requireSame(message.encode(), body);
    } catch (MalformedMessageException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void sharePacket(byte[] bytes) {
    try {
      requireSame(SharePacket.parse(Octets.of(bytes)).encode(), bytes);
    } catch (MalformedMessageException refused) {
      named(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void journalRecord(byte[] bytes) {
    try {
      requireSame(JournalRecord.parse(Octets.of(bytes)).encode(), bytes);
    } catch (MalformedMessageException refused) {
      named(refused);
    }
  }

  private static void requireSame(Octets written, byte[] read) {
    if (!Arrays.equals(written.bytes(), read)) {
      throw new AssertionError("must be written as it was read");
    }
  }

  private static void named(MalformedMessageException refused) {
    if (!String.valueOf(refused.getMessage()).contains("must")) {
      throw new AssertionError("must say which rule is broken", refused);
    }
  }
}
