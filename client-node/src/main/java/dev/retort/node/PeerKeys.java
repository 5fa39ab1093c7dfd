package dev.retort.node;

import dev.retort.secagg.VerifyingKey;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of other sites that a site knows by itself: a text file with one key a line, as {@code retort ledger key}
 * prints it there. Empty lines and lines that begin with {@code #} are skipped. No authority of the coordinator has a say
 * in it.
 */
final class PeerKeys {

  private PeerKeys() {}

  /**
   * Reads a file of keys; none if there is no such file.
   *
   * @param own the site's own key, 32 bytes: it may stand in the file, which may be the same at all sites, and is left out
   * @throws IOException naming the file, the line and the rule if a line is not a key
   */
  static Set<VerifyingKey> read(Path file, byte[] own) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return Set.of();
    }
    Set<VerifyingKey> keys = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        keys.add(key(file, i + 1, line));
      }
    }
    boolean unused = keys.remove(VerifyingKey.of(own));
    return Set.copyOf(keys);
  }

  private static VerifyingKey key(Path file, int number, String line) throws IOException {
    try {
      VerifierKey key = VerifierKey.parse(line);
      if (key.type() == VerifierKey.Type.ED25519 || key.type() == VerifierKey.Type.COSIGNATURE) {
        return VerifyingKey.of(key.publicKey());
      }
    } catch (MalformedLogException | IllegalArgumentException e) {
      throw new IOException(message(file, number), e);
    }
    throw new IOException(message(file, number));
  }

  private static String message(Path file, int number) {
    return file
        + " must have one Ed25519 key a line, name+id+key, as \"retort ledger key\" prints it at"
        + " the other site: line " + number;
  }
}
