package dev.retort.secagg;

import dev.retort.tlog.LogSigner;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** Signs with a key that anybody can derive from its name. */
final class UnsafeIdentity implements LogSigner {

  private final String name;
  private final Ed25519PrivateKeyParameters privateKey;

  UnsafeIdentity(String name) {
    this.name = name;
    this.privateKey =
        new Ed25519PrivateKeyParameters(Octets.sha256(Hkdf.label(name)).bytes(), 0);
  }

  VerifyingKey key() {
    return VerifyingKey.of(publicKey());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte[] publicKey() {
    return privateKey.generatePublicKey().getEncoded();
  }

  @Override
  public byte[] sign(byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, privateKey);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }
}
