package dev.retort.tlog;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Entry bundles of C2SP tlog-tiles: entries, each behind its length in two bytes, big-endian. */
public final class EntryBundle {

  private EntryBundle() {}

  /**
   * The bundle of some entries, each at most {@link Envelope#MAX_BYTES} long.
   *
   * @throws IllegalArgumentException if one is longer
   */
  public static byte[] encode(List<byte[]> entries) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    entries.forEach(entry -> append(bundle, entry));
    return bundle.toByteArray();
  }

  /**
   * The entries of a bundle.
   *
   * @param count how many there must be
   * @throws MalformedLogException if the bundle is not of exactly that many
   */
  public static List<byte[]> parse(byte[] bundle, int count) throws MalformedLogException {
    List<byte[]> entries = new ArrayList<>();
    int position = 0;
    while (position < bundle.length && entries.size() < count) {
      int start = position + 2;
      int end = start <= bundle.length
          ? start + (((bundle[position] & 0xff) << 8) | (bundle[position + 1] & 0xff))
          : Integer.MAX_VALUE;
      if (end > bundle.length) {
        throw new MalformedLogException("entry " + entries.size()
            + " of the bundle must end within its " + bundle.length + " bytes");
      }
      entries.add(Arrays.copyOfRange(bundle, start, end));
      position = end;
    }
    if (entries.size() != count || position != bundle.length) {
      throw new MalformedLogException("bundle must hold " + count + " entries and nothing else: "
          + entries.size() + " and " + (bundle.length - position) + " bytes");
    }
    return entries;
  }

  static void append(ByteArrayOutputStream bundle, byte[] entry) {
    if (entry.length > Envelope.MAX_BYTES) {
      throw new IllegalArgumentException(
          "entry must be at most " + Envelope.MAX_BYTES + " bytes long: " + entry.length);
    }
    bundle.write(entry.length >> 8);
    bundle.write(entry.length);
    bundle.write(entry, 0, entry.length);
  }
}
