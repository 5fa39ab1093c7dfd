package dev.retort.transfer;

import dev.retort.merkle.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** A manifest's canonical bytes under its publisher's Ed25519 signature. Immutable; nothing is verified until asked. */
public final class SignedManifest {

  /** The length of a raw Ed25519 public key. */
  public static final int PUBLIC_KEY_BYTES = 32;

  /** The length of an Ed25519 signature. */
  public static final int SIGNATURE_BYTES = 64;

  /** Keeps a signature over a manifest from being one over anything else. */
  private static final byte[] CONTEXT =
      "retort transfer manifest v1\n".getBytes(StandardCharsets.US_ASCII);

  /** What precedes the raw key in its SubjectPublicKeyInfo (RFC 8410 section 4). */
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] manifest;
  private final byte[] publicKey;
  private final byte[] signature;

  /**
   * Joins the parts as received.
   *
   * @param manifest the manifest's canonical bytes
   * @param publicKey the raw Ed25519 key, 32 bytes
   * @param signature 64 bytes
   */
  public SignedManifest(byte[] manifest, byte[] publicKey, byte[] signature) {
    this.manifest = manifest.clone();
    this.publicKey = checked("publicKey", publicKey, PUBLIC_KEY_BYTES);
    this.signature = checked("signature", signature, SIGNATURE_BYTES);
  }

  /** Signs a manifest; {@code publicKey} is the raw 32-byte key of {@code signer}. */
  public static SignedManifest sign(Manifest manifest, byte[] publicKey, ManifestSigner signer)
      throws GeneralSecurityException {
    byte[] canonical = manifest.canonicalBytes();
    return new SignedManifest(canonical, publicKey, signer.sign(signed(canonical)));
  }

  /**
   * The manifest, once its signature is found to be that of {@code expectedPublicKey}.
   *
   * @param expectedPublicKey the raw 32-byte key of the publisher whom the caller trusts
   * @throws ManifestSignatureException if another key signed, or the signature is wrong
   * @throws MalformedManifestException if what was signed is no manifest
   */
  public Manifest verify(byte[] expectedPublicKey)
      throws ManifestSignatureException, MalformedManifestException {
    if (!Arrays.equals(expectedPublicKey, publicKey)) {
      throw new ManifestSignatureException(
          "manifest must be signed by key " + HexFormat.of().formatHex(expectedPublicKey)
              + ", but names key " + HexFormat.of().formatHex(publicKey));
    }
    if (!isSignedBy(publicKey)) {
      throw new ManifestSignatureException("signature must be that of key "
          + HexFormat.of().formatHex(publicKey) + " over the manifest sha256:" + digest());
    }
    return Manifest.parse(manifest);
  }

  /** A copy of the manifest's canonical bytes. */
  public byte[] manifest() {
    return manifest.clone();
  }

  /** A copy of the raw public key, 32 bytes. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** A copy of the signature, 64 bytes. */
  public byte[] signature() {
    return signature.clone();
  }

  /** The digest of the manifest's bytes. */
  public Digest digest() {
    return Digest.of(manifest);
  }

  private boolean isSignedBy(byte[] rawKey) {
    try {
      ByteBuffer encoded = ByteBuffer.allocate(X509_PREFIX.length + PUBLIC_KEY_BYTES);
      encoded.put(X509_PREFIX).put(rawKey);
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(encoded.array())));
      verifier.update(signed(manifest));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Bytes that are no point of the curve or no signature sign nothing.
      return false;
    }
  }

  private static byte[] signed(byte[] canonical) {
    return ByteBuffer.allocate(CONTEXT.length + canonical.length)
        .put(CONTEXT)
        .put(canonical)
        .array();
  }

  private static byte[] checked(String name, byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(name + " must be " + length + " bytes: " + bytes.length);
    }
    return bytes.clone();
  }
}
