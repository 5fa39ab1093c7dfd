package dev.retort.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of mode 0700 with small files of mode 0600, from the moment of their creation. Every file is written whole or
 * not at all, and is on the disk when a method returns.
 */
final class OwnerOnlyFiles {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  private final Path directory;

  private OwnerOnlyFiles(Path directory) {
    this.directory = directory;
  }

  /** The directory {@code HOME/keys}, created where absent. */
  static OwnerOnlyFiles create(Path home) throws IOException {
    Files.createDirectories(home.resolve("keys"), DIRECTORY_MODE);
    // Before anything is written: the directory may be an old one.
    return open(home);
  }

  /** The directory {@code HOME/keys}. */
  static OwnerOnlyFiles open(Path home) throws IOException {
    Path directory = home.resolve("keys");
    if (!Files.isDirectory(directory)) {
      throw new KeyFileException("key directory must exist: " + directory);
    }
    checkHome(home);
    check(directory, "rwx------", "700");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        check(file);
      }
    }
    return new OwnerOnlyFiles(directory);
  }

  /**
   * Does nothing if only its owner may reach a file.
   *
   * @throws WidePermissionsException if others may
   */
  static void check(Path file) throws IOException {
    check(file, "rw-------", "600");
  }

  /** Whoever may write to the home may put another key directory in the place of this one. */
  private static void checkHome(Path home) throws IOException {
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(home);
    if (found.contains(PosixFilePermission.GROUP_WRITE)
        || found.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new WidePermissionsException(
          home, PosixFilePermissions.toString(found), "writable by the owner only", "go-w");
    }
  }

  private static void check(Path path, String rule, String mode) throws IOException {
    Set<PosixFilePermission> found;
    try {
      found = Files.getPosixFilePermissions(path);
    } catch (NoSuchFileException e) {
      return; // A temporary file of another thread or process.
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(PosixFilePermissions.fromString("rwxrwxrwx"));
    others.removeAll(OWNER_ONLY);
    others.retainAll(found);
    if (!others.isEmpty()) {
      throw new WidePermissionsException(path, PosixFilePermissions.toString(found), rule, mode);
    }
  }

  Path directory() {
    return directory;
  }

  /** The names of all files, but for those that are being written. */
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  /** Where a file is or would be. */
  Path path(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must be 1 to 64 characters of a-z, 0-9, '.' and '-': " + name);
    }
    return directory.resolve(name);
  }

  /** The content of a file, or null if there is none. */
  byte @Nullable [] read(String name) throws IOException {
    try {
      return Files.readAllBytes(path(name));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Writes a file, or replaces it whole. */
  void write(String name, byte[] content) throws IOException {
    Path temporary = writeTemporary(name, content);
    Files.move(temporary, path(name), StandardCopyOption.ATOMIC_MOVE);
    force();
  }

  /** Whether the file was written; false, and nothing done, if there is one already. */
  boolean writeNew(String name, byte[] content) throws IOException {
    Path target = path(name);
    if (Files.exists(target)) {
      return false;
    }
    Path temporary = writeTemporary(name, content);
    try {
      // A hard link, unlike a rename, never replaces.
      Files.createLink(target, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(temporary);
      force();
    }
  }

  /** Puts one file in the place of another; nothing if it is not there. */
  void rename(String from, String to) throws IOException {
    try {
      Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // Somebody else was faster.
    }
    force();
  }

  /** Removes a file, if it exists. */
  void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
    force();
  }

  private Path writeTemporary(String name, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(directory, "." + name, ".tmp", FILE_MODE);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    return temporary;
  }

  private void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
