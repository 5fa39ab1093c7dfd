package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/** Signs with a key that anybody can derive from its seed text. */
public final class UnsafeTestSigner implements LogSigner {

  private final String name;
  private final byte[] publicKey;
  private final PrivateKey privateKey;

  public UnsafeTestSigner(String name, String seedText) {
    this.name = name;
    byte[] seed = Digest.of(seedText.getBytes(StandardCharsets.UTF_8)).bytes();
    this.publicKey =
        new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    byte[] prefix = HexFormat.of().parseHex("302e020100300506032b657004220420");
    byte[] encoded = new byte[prefix.length + seed.length];
    System.arraycopy(prefix, 0, encoded, 0, prefix.length);
    System.arraycopy(seed, 0, encoded, prefix.length, seed.length);
    try {
      this.privateKey =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte[] publicKey() {
    return publicKey.clone();
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
