package dev.retort.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/** Ledgers signed with a key that anybody can derive, optionally on a disk that fills up. */
public final class UnsafeTestLedgers {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T12:34:56Z"));

  private UnsafeTestLedgers() {}

  public static PrivacyLedger open(Path file)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException {
    return PrivacyLedger.open(file, signer(), CLOCK);
  }

  public static PrivacyLedger openOnSmallDisk(Path file, int maxPages)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException {
    return PrivacyLedger.open(file, signer(), CLOCK, maxPages);
  }

  private static LedgerSigner signer() {
    byte[] seed = Arrays.copyOf("site a".getBytes(StandardCharsets.UTF_8), 32);
    byte[] publicKey =
        new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    byte[] encoded = HexFormat.of()
        .parseHex("302e020100300506032b657004220420" + HexFormat.of().formatHex(seed));
    PrivateKey key;
    try {
      key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new LedgerSigner() {
      @Override
      public String name() {
        return "site-a";
      }

      @Override
      public byte[] publicKey() {
        return publicKey.clone();
      }

      @Override
      public byte[] sign(byte[] message) {
        try {
          Signature signature = Signature.getInstance("Ed25519");
          signature.initSign(key);
          signature.update(message);
          return signature.sign();
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
