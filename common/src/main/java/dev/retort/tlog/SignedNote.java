package dev.retort.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A C2SP signed note: a text, an empty line, and signature lines. Parsing checks the form; {@link #isSignedBy} checks a
 * signature.
 *
 * @param text the signed text, ending in a newline
 * @param signatures at least one line
 */
public record SignedNote(String text, List<SignatureLine> signatures) {

  private static final String LINE_START = "\u2014 ";
  private static final int MAX_SIGNATURES = 100;

  /**
   * One signature.
   *
   * @param name the key's name
   * @param signature base64 of the key id's four bytes and the signature
   */
  public record SignatureLine(String name, String signature) {

    /** Whether name and key id are that key's; the signature is not looked at. */
    public boolean claimsToBeOf(VerifierKey key) {
      byte[] blob = NoteText.base64(signature);
      return name.equals(key.name())
          && blob.length > 4
          && Arrays.equals(Arrays.copyOf(blob, 4), key.keyIdBytes());
    }
  }

  public SignedNote {
    signatures = List.copyOf(signatures);
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("note text must end in a newline");
    }
  }

  /** The text signed by a log. */
  public static SignedNote sign(String text, LogSigner signer) {
    byte[] signature = signer.sign(text.getBytes(StandardCharsets.UTF_8));
    return new SignedNote(text, List.of(line(VerifierKey.ofLog(signer), signature)));
  }

  /** This note with one more line: the log's second signature, which a quantum computer cannot forge. */
  public SignedNote signAlso(MlDsaSigner signer) {
    return with(line(signer.verifierKey(), signer.sign(text.getBytes(StandardCharsets.UTF_8))));
  }

  /** This note with one more line: a witness's cosignature/v1 at {@code time}, to the second. */
  public SignedNote cosign(LogSigner witness, Instant time) {
    long second = time.getEpochSecond();
    byte[] signature =
        witness.sign(NoteText.cosignedMessage(second, text.getBytes(StandardCharsets.UTF_8)));
    ByteBuffer timed =
        ByteBuffer.allocate(Long.BYTES + signature.length).putLong(second).put(signature);
    return with(line(VerifierKey.ofWitness(witness), timed.array()));
  }

  /** This note with one more line, which is not checked; the same note if it has that line. */
  public SignedNote with(SignatureLine line) {
    if (signatures.contains(line)) {
      return this;
    }
    List<SignatureLine> lines = new ArrayList<>(signatures);
    lines.add(line);
    return new SignedNote(text, lines);
  }

  /**
   * Reads a note.
   *
   * @throws MalformedLogException if it is not of the form of a signed note
   */
  public static SignedNote parse(String note) throws MalformedLogException {
    int separator = note.lastIndexOf("\n\n");
    if (separator < 0 || !note.endsWith("\n")) {
      throw new MalformedLogException("note must have an empty line, then signature lines");
    }
    String text = note.substring(0, separator + 1);
    if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new MalformedLogException("note must have no control characters");
    }
    String[] lines = note.substring(separator + 2).split("\n", -1);
    // The last element is what follows the final newline: nothing.
    if (lines.length < 2 || lines.length - 1 > MAX_SIGNATURES) {
      throw new MalformedLogException(
          "note must have 1 to " + MAX_SIGNATURES + " signature lines: " + (lines.length - 1));
    }
    List<SignatureLine> signatures = new ArrayList<>();
    for (String line : Arrays.copyOf(lines, lines.length - 1)) {
      signatures.add(signatureLine(line));
    }
    return new SignedNote(text, signatures);
  }

  /** The note as {@link #parse} reads it. */
  public String encode() {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (SignatureLine line : signatures) {
      note.append(LINE_START)
          .append(line.name())
          .append(' ')
          .append(line.signature())
          .append('\n');
    }
    return note.toString();
  }

  /** Whether {@code key} signed this note: at least one line is that key's, and all that claim to be verify. */
  public boolean isSignedBy(VerifierKey key) {
    boolean signed = false;
    for (SignatureLine line : signatures) {
      if (line.claimsToBeOf(key)) {
        byte[] blob = NoteText.base64(line.signature());
        if (!key.verifies(
            text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(blob, 4, blob.length))) {
          return false;
        }
        signed = true;
      }
    }
    return signed;
  }

  private static SignatureLine line(VerifierKey key, byte[] signature) {
    ByteBuffer blob =
        ByteBuffer.allocate(4 + signature.length).put(key.keyIdBytes()).put(signature);
    return new SignatureLine(key.name(), NoteText.base64(blob.array()));
  }

  private static SignatureLine signatureLine(String line) throws MalformedLogException {
    String[] parts = line.startsWith(LINE_START)
        ? line.substring(LINE_START.length()).split(" ", -1)
        : new String[0];
    if (parts.length != 2
        || !NoteText.isKeyName(parts[0])
        || NoteText.base64(parts[1]).length < 5) {
      throw new MalformedLogException(
          "signature line must be an em dash, a key name and base64: " + line);
    }
    return new SignatureLine(parts[0], parts[1]);
  }
}
