package dev.retort.node.session;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Octets;
import dev.retort.secagg.SessionMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's memory of secure sums in a file of lines, {@code enter HEX} and {@code release HEX}, that only grows: some
 * seventy bytes a session and a batch. Opened when it is first needed. Safe for use by several threads.
 */
public final class SumMemory implements SessionMemory, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SumMemory.class);

  /** The file's name, beside the ledger. */
  public static final String FILE = "sums.log";

  private static final String ENTER = "enter ";
  private static final String RELEASE = "release ";

  private final Path file;
  private final Set<String> lines = new HashSet<>();
  private @Nullable RandomAccessFile output;
  private boolean broken;

  /** The memory in {@code file}, which need not be there yet. */
  public SumMemory(Path file) {
    this.file = file;
  }

  @Override
  public synchronized boolean enter(Octets session) throws IOException {
    return append(ENTER + HexFormat.of().formatHex(session.bytes()));
  }

  @Override
  public synchronized boolean isReleased(Digest batch) throws IOException {
    open();
    return lines.contains(RELEASE + batch.hex());
  }

  @Override
  public synchronized void release(Digest batch) throws IOException {
    boolean unused = append(RELEASE + batch.hex());
  }

  private boolean append(String line) throws IOException {
    RandomAccessFile open = open();
    if (lines.contains(line)) {
      return false;
    }
    // If a write fails, what is in the file is not known any more; nothing may be built on it.
    broken = true;
    open.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    open.getFD().sync();
    broken = false;
    lines.add(line);
    return true;
  }

  private RandomAccessFile open() throws IOException {
    if (broken) {
      throw new IOException(
          "memory of secure sums could not be written: restart the node: " + file);
    }
    RandomAccessFile open = output;
    if (open != null) {
      return open;
    }
    int whole = 0;
    if (Files.exists(file)) {
      String text = Files.readString(file, StandardCharsets.US_ASCII);
      // A line that was cut off by a crash was never acted upon.
      whole = text.lastIndexOf('\n') + 1;
      for (String line : text.substring(0, whole).lines().toList()) {
        if (!line.matches("(enter|release) [0-9a-f]{64}")) {
          throw new IOException(
              "memory of secure sums must hold lines of enter or release and 64 digits; put back"
                  + " the newest copy: "
                  + file);
        }
        lines.add(line);
      }
    }
    // Not a channel: an interrupt, as when a study is closed, would close it for good.
    open = new RandomAccessFile(file.toFile(), "rw");
    open.setLength(whole);
    open.seek(whole);
    output = open;
    return open;
  }

  @Override
  public synchronized void close() {
    RandomAccessFile open = output;
    broken = true;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Every line is on the disk.
        LOG.warn("the memory of secure sums did not close: {}", e.getMessage());
      }
    }
  }
}
