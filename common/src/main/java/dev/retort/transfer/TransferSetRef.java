package dev.retort.transfer;

import dev.retort.merkle.Digest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name for one exact transfer set, written {@code name@sha256:digest}.
 *
 * @param name lower-case letters, digits and hyphens, 1 to 64
 * @param manifest the digest of the manifest
 */
public record TransferSetRef(String name, Digest manifest) {

  private static final Pattern WRITTEN = Pattern.compile("([a-z0-9-]{1,64})@sha256:([0-9a-f]{64})");

  public TransferSetRef {
    Manifest.checkName(name);
  }

  /**
   * Reads {@code name@sha256:<64 hexadecimal digits>}.
   *
   * @throws MalformedReferenceException if the text is written otherwise; the digest may not be left out
   */
  public static TransferSetRef parse(String text) throws MalformedReferenceException {
    Matcher parts = WRITTEN.matcher(text);
    if (!parts.matches()) {
      throw new MalformedReferenceException(
          "transferSet must be NAME@sha256:DIGEST, with a name of a-z, 0-9 and - and"
              + " a digest of 64 lower-case hexadecimal digits: " + text);
    }
    return new TransferSetRef(parts.group(1), new Digest(parts.group(2)));
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return name + "@sha256:" + manifest;
  }
}
