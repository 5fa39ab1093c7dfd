package dev.retort.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The right to append to one ledger file, held by an operating-system lock on {@code FILE.lock} beside it. */
final class LedgerLock implements AutoCloseable {

  // POSIX drops a process's lock when it closes any descriptor of the file, so a second attempt in
  // this process must be
  // turned away before it opens one.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path lockFile;
  private final FileChannel channel;

  private LedgerLock(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  static LedgerLock acquire(Path file) throws LedgerInUseException, LedgerUnavailableException {
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    try {
      Path directory = file.toAbsolutePath().normalize().getParent();
      if (directory == null) {
        throw new LedgerUnavailableException("ledger must be in a directory: " + file);
      }
      lockFile = directory.toRealPath().resolve(lockFile.getFileName());
      if (!HELD_HERE.add(lockFile)) {
        throw new LedgerInUseException(file);
      }
      FileChannel channel = null;
      boolean locked = false;
      try {
        channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        locked = channel.tryLock() != null;
      } finally {
        if (!locked) {
          HELD_HERE.remove(lockFile);
          if (channel != null) {
            channel.close();
          }
        }
      }
      if (!locked) {
        throw new LedgerInUseException(file);
      }
      return new LedgerLock(lockFile, channel);
    } catch (IOException e) {
      throw new LedgerUnavailableException(
          "ledger must be lockable: " + lockFile + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws LedgerUnavailableException {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new LedgerUnavailableException("ledger must let go of its lock: " + lockFile, e);
    } finally {
      HELD_HERE.remove(lockFile);
    }
  }
}
