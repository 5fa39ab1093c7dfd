package dev.retort.cli.report;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.KeyFileException;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogSigner;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Signs with a key that anybody can derive from its name. */
record TestSigner(String name, IdentityKey key) implements LogSigner {

  static TestSigner of(String name) {
    String seed = Digest.of(name.getBytes(StandardCharsets.UTF_8)).hex();
    try {
      return new TestSigner(
          name,
          IdentityKey.ofPkcs8(HexFormat.of().parseHex("302e020100300506032b657004220420" + seed)));
    } catch (KeyFileException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte[] publicKey() {
    return key.publicKey();
  }

  @Override
  public byte[] sign(byte[] message) {
    return key.sign(message);
  }
}
