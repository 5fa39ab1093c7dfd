package dev.retort.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SignedManifestTest {

  @TempDir
  Path directory;

  private KeyPair keys;
  private byte[] publicKey;
  private SignedManifest signed;

  @BeforeEach
  void sign() throws Exception {
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = keys.getPublic().getEncoded();
    publicKey = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    signed = SignedManifest.sign(ManifestTest.MANIFEST, publicKey, this::signature);
  }

  @Test
  void verify_signedByExpectedKey_isTheManifest() throws Exception {
    assertThat(signed.verify(publicKey)).isEqualTo(ManifestTest.MANIFEST);
    assertThat(signed.digest()).isEqualTo(ManifestTest.MANIFEST.digest());
  }

  @Test
  void verify_otherPublisher_isRefused() {
    assertThatThrownBy(() -> signed.verify(new byte[32]))
        .isInstanceOf(ManifestSignatureException.class)
        .hasMessageContaining("manifest must be signed by key 0000");
  }

  @Test
  void verify_changedManifestSignatureOrKey_isRefused() {
    byte[] manifest = signed.manifest();
    manifest[20] ^= 1;
    byte[] signature = signed.signature();
    signature[5] ^= 1;
    for (SignedManifest forged : new SignedManifest[] {
      new SignedManifest(manifest, publicKey, signed.signature()),
      new SignedManifest(signed.manifest(), publicKey, signature),
      new SignedManifest(signed.manifest(), publicKey, new byte[64])
    }) {
      assertThatThrownBy(() -> forged.verify(publicKey))
          .isInstanceOf(ManifestSignatureException.class)
          .hasMessageContaining("signature must be that of key");
    }
    byte[] noPoint = new byte[32];
    Arrays.fill(noPoint, (byte) 0xff);
    assertThatThrownBy(
            () -> new SignedManifest(signed.manifest(), noPoint, signature).verify(noPoint))
        .isInstanceOf(ManifestSignatureException.class);
  }

  @Test
  void verify_signatureOverBareBytes_isRefused() throws Exception {
    SignedManifest bare =
        new SignedManifest(signed.manifest(), publicKey, signature(signed.manifest()));
    assertThatThrownBy(() -> bare.verify(publicKey)).isInstanceOf(ManifestSignatureException.class);
  }

  @Test
  void verify_signedNonsense_isMalformed() throws Exception {
    byte[] nonsense = "{}".getBytes(StandardCharsets.UTF_8);
    byte[] message = "retort transfer manifest v1\n{}".getBytes(StandardCharsets.UTF_8);
    SignedManifest forged = new SignedManifest(nonsense, publicKey, signature(message));
    assertThatThrownBy(() -> forged.verify(publicKey))
        .isInstanceOf(MalformedManifestException.class);
  }

  @Test
  void lengths_wrong_areRefused() {
    assertThatThrownBy(() -> new SignedManifest(new byte[0], new byte[31], new byte[64]))
        .hasMessage("publicKey must be 32 bytes: 31");
    assertThatThrownBy(() -> new SignedManifest(new byte[0], new byte[32], new byte[65]))
        .hasMessage("signature must be 64 bytes: 65");
  }

  @Test
  void store_putThenRead_verifies() throws Exception {
    ChunkStore store = ChunkStore.open(directory);
    store.putManifest(signed);
    assertThat(store.storedManifests()).containsExactly(signed.digest());
    assertThat(store.readManifest(signed.digest()).verify(publicKey))
        .isEqualTo(ManifestTest.MANIFEST);
    assertThat(directory.resolve("manifests/" + signed.digest() + ".json"))
        .hasBinaryContent(signed.manifest());
  }

  @Test
  void store_absentManifest_isMissing() throws Exception {
    ChunkStore store = ChunkStore.open(directory);
    assertThat(store.storedManifests()).isEmpty();
    assertThatThrownBy(() -> store.readManifest(Digest.of(new byte[0])))
        .isInstanceOf(MissingChunkException.class);
  }

  @Test
  void store_damagedManifestOrSeal_isRefused() throws Exception {
    ChunkStore store = ChunkStore.open(directory);
    store.putManifest(signed);
    Files.write(directory.resolve("manifests/" + signed.digest() + ".sig"), new byte[95]);
    assertThatThrownBy(() -> store.readManifest(signed.digest()))
        .isInstanceOf(MalformedManifestException.class)
        .hasMessageContaining("96 bytes: 95");
    Files.write(directory.resolve("manifests/" + signed.digest() + ".json"), new byte[] {1});
    assertThatThrownBy(() -> store.readManifest(signed.digest()))
        .isInstanceOf(DigestMismatchException.class);
  }

  private byte[] signature(byte[] message) throws GeneralSecurityException {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(keys.getPrivate());
    signer.update(message);
    return signer.sign();
  }
}
