package dev.retort.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the keys of a home are encrypted with, or that they are not. Immutable. */
public final class KeyPassphrase {

  /** The shortest passphrase that is taken, in characters. */
  public static final int LEAST_CHARACTERS = 8;

  private static final KeyPassphrase NONE = new KeyPassphrase(new char[0]);
  private static final int MOST_BYTES = 4096;

  private final char[] characters;

  private KeyPassphrase(char[] characters) {
    this.characters = characters;
  }

  /** For keys that are not encrypted. */
  public static KeyPassphrase none() {
    return NONE;
  }

  /**
   * A passphrase.
   *
   * @param source what messages call the place that it comes from
   * @throws KeyFileException if it is too short, or has control characters
   */
  public static KeyPassphrase of(String text, String source) throws KeyFileException {
    if (text.length() < LEAST_CHARACTERS || text.chars().anyMatch(Character::isISOControl)) {
      throw new KeyFileException("passphrase in " + source + " must be one line of at least "
          + LEAST_CHARACTERS + " characters: it has " + text.length());
    }
    return new KeyPassphrase(text.toCharArray());
  }

  /**
   * Reads a passphrase from a file of one line, in UTF-8.
   *
   * @throws WidePermissionsException if others than its owner may reach the file
   * @throws KeyFileException if there is no such file, or it holds something else
   */
  public static KeyPassphrase read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new KeyFileException("passphrase file must exist: " + file);
    }
    OwnerOnlyFiles.check(file);
    if (Files.size(file) > MOST_BYTES) {
      throw new KeyFileException(
          "passphrase file must be at most " + MOST_BYTES + " bytes: " + file);
    }
    try {
      CharBuffer text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)));
      // The end of the line is no part of the passphrase, whichever editor wrote it.
      return of(text.toString().replaceFirst("\\r?\\n\\z", ""), file.toString());
    } catch (CharacterCodingException e) {
      throw new KeyFileException("passphrase file must be UTF-8: " + file, e);
    } catch (NoSuchFileException e) {
      throw new KeyFileException("passphrase file must exist: " + file, e);
    }
  }

  /** Whether there is one. */
  public boolean isGiven() {
    return characters.length > 0;
  }

  char[] characters() {
    return characters.clone();
  }

  /** Never the passphrase. */
  @Override
  public String toString() {
    return isGiven() ? "KeyPassphrase[given]" : "KeyPassphrase[none]";
  }
}
