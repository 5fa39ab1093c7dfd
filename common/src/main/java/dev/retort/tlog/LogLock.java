package dev.retort.tlog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The right to append to one log file, held by an operating-system lock on {@code FILE.lock} beside it. */
final class LogLock implements AutoCloseable {

  // POSIX drops a process's lock when it closes any descriptor of the file, so a second attempt in
  // this process must be
  // turned away before it opens one.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path lockFile;
  private final FileChannel channel;

  private LogLock(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  static LogLock acquire(Path file) throws LogInUseException, LogUnavailableException {
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    try {
      Path directory = file.toAbsolutePath().normalize().getParent();
      if (directory == null) {
        throw new LogUnavailableException("log must be in a directory: " + file);
      }
      lockFile = directory.toRealPath().resolve(lockFile.getFileName());
      if (!HELD_HERE.add(lockFile)) {
        throw new LogInUseException(file);
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
        throw new LogInUseException(file);
      }
      return new LogLock(lockFile, channel);
    } catch (IOException e) {
      throw new LogUnavailableException(
          "log must be lockable: " + lockFile + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws LogUnavailableException {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new LogUnavailableException("log must let go of its lock: " + lockFile, e);
    } finally {
      HELD_HERE.remove(lockFile);
    }
  }
}
