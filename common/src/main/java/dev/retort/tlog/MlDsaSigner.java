package dev.retort.tlog;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithContext;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * A log's second key: ML-DSA-65 (FIPS 204), for checkpoints that must hold against a quantum computer too. Signatures are
 * deterministic, over the note's text under the context string {@code retort/ml-dsa-65/1}. Safe for use by several threads.
 */
public final class MlDsaSigner {

  /** The seed from which the key pair is derived. */
  public static final int SEED_BYTES = 32;

  static final String IDENTIFIER = "retort/ml-dsa-65/1";
  static final int PUBLIC_KEY_BYTES = 1952;
  static final int SIGNATURE_BYTES = 3309;

  private static final byte[] CONTEXT = IDENTIFIER.getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final MLDSAPrivateKeyParameters key;

  private MlDsaSigner(String name, MLDSAPrivateKeyParameters key) {
    this.name = name;
    this.key = key;
  }

  /**
   * The key of a seed.
   *
   * @param name the log's name: its origin in checkpoints
   * @param seed 32 random bytes, as secret as the key; copied
   */
  public static MlDsaSigner ofSeed(String name, byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("seed must be 32 bytes long: " + seed.length);
    }
    return new MlDsaSigner(
        name, new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_65, seed.clone()));
  }

  /** The key by which notes are checked. */
  public VerifierKey verifierKey() {
    return VerifierKey.ofMlDsa(name, key.getPublicKey());
  }

  /** The signature of a note's text, 3,309 bytes. */
  byte[] sign(byte[] text) {
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, new ParametersWithContext(key, CONTEXT));
    signer.update(text, 0, text.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("ML-DSA-65 key must sign", e);
    }
  }

  static boolean verify(byte[] publicKey, byte[] text, byte[] signature) {
    if (publicKey.length != PUBLIC_KEY_BYTES || signature.length != SIGNATURE_BYTES) {
      return false;
    }
    MLDSASigner verifier = new MLDSASigner();
    verifier.init(
        false,
        new ParametersWithContext(
            new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_65, publicKey), CONTEXT));
    verifier.update(text, 0, text.length);
    return verifier.verifySignature(signature);
  }
}
