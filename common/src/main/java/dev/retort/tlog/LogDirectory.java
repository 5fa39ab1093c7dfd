package dev.retort.tlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Reads the files of a log's directory that a stranger sent: no links, no surprises of size. */
final class LogDirectory {

  private LogDirectory() {}

  static byte[] read(Path directory, String name, long maxBytes)
      throws MalformedLogException, LogUnavailableException {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new MalformedLogException(name + " must be a file");
    }
    try {
      long bytes = Files.size(file);
      if (bytes > maxBytes) {
        throw new MalformedLogException(
            name + " must be at most " + maxBytes + " bytes long: " + bytes);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new LogUnavailableException("file must be readable: " + file, e);
    }
  }

  static String readText(Path directory, String name, long maxBytes)
      throws MalformedLogException, LogUnavailableException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(read(directory, name, maxBytes)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedLogException(name + " must be UTF-8", e);
    }
  }
}
