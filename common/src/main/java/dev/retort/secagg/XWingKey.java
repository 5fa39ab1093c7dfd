package dev.retort.secagg;

import dev.retort.noise.RandomSource;
import java.util.Arrays;
import javax.security.auth.Destroyable;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;

/**
 * A key pair of the X-Wing KEM (draft-connolly-cfrg-xwing-kem: X25519 and ML-KEM-768), for one session, kept in memory as
 * its seed alone. A shared secret stays secret while either of the two holds. Not thread-safe.
 */
final class XWingKey implements Destroyable {

  static final int PUBLIC_KEY_BYTES = 1216;
  static final int CIPHERTEXT_BYTES = 1120;

  private final Secret seed;
  private final Octets publicKey;

  private XWingKey(Secret seed) {
    this.seed = seed;
    this.publicKey = Octets.wrap(
        new XWingPrivateKeyParameters(seed.view()).getPublicKeyParameters().getEncoded());
  }

  /** A fresh pair. */
  static XWingKey generate(RandomSource random) {
    return new XWingKey(Secret.draw(random));
  }

  /** The pair of a seed, which it takes over. */
  static XWingKey ofSeed(Secret seed) {
    return new XWingKey(seed);
  }

  Octets publicKey() {
    return publicKey;
  }

  /**
   * A secret shared with whoever holds the other half of {@code publicKey}.
   *
   * @throws UnusableKeyException if the bytes are no such key, or make a secret that anybody knows
   */
  static Encapsulated encapsulate(Octets publicKey, RandomSource random)
      throws UnusableKeyException {
    try {
      SecretWithEncapsulation made = new XWingKEMGenerator(RandomBytes.secureRandom(random))
          .generateEncapsulated(new XWingPublicKeyParameters(publicKey.view()));
      return new Encapsulated(Octets.wrap(made.getEncapsulation()), Secret.take(made.getSecret()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UnusableKeyException(e);
    }
  }

  /**
   * The secret in a ciphertext. One that was altered gives another secret and no error: the keys made of it must be
   * confirmed.
   *
   * @throws UnusableKeyException if the bytes are no ciphertext, or make a secret that anybody knows
   */
  Secret decapsulate(Octets ciphertext) throws UnusableKeyException {
    byte[] bytes = seed.view().clone();
    try {
      return Secret.take(new XWingKEMExtractor(new XWingPrivateKeyParameters(bytes))
          .extractSecret(ciphertext.view()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UnusableKeyException(e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public void destroy() {
    seed.destroy();
  }

  @Override
  public boolean isDestroyed() {
    return seed.isDestroyed();
  }

  /** What {@link #encapsulate} makes. */
  record Encapsulated(Octets ciphertext, Secret secret) {}
}
