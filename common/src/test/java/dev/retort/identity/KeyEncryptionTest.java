package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key directories that a passphrase opens. */
final class KeyEncryptionTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final CertifiedKey ROOT = FederationRoot.create(
          new FederationName("fed"), Clock.systemUTC(), RANDOM)
      .key();

  @TempDir
  private Path home;

  private static KeyPassphrase passphrase(String text) throws IOException {
    return KeyPassphrase.of(text, "a test");
  }

  private static void fill(KeyDirectory keys) throws IOException {
    keys.writeCertifiedKey("node", ROOT);
    keys.readOrCreateIdentityKey();
    keys.readOrCreateNextIdentityKey();
    keys.readOrCreateSecret("noise.key", 32);
    keys.write("coordinator-identity.pub", new byte[32]);
    JoinToken token = JoinToken.create(new NodeId("a"), ROOT.certificate(), RANDOM);
    PendingJoin.readOrCreate(keys, token, RANDOM).writeTo(keys);
  }

  private void assertSame(KeyDirectory one, KeyDirectory other) throws IOException {
    assertThat(one.certifiedKey("node")).isEqualTo(other.certifiedKey("node")).isNotNull();
    assertThat(one.readOrCreateIdentityKey().publicKey())
        .isEqualTo(other.readOrCreateIdentityKey().publicKey());
    assertThat(one.readOrCreateNextIdentityKey().publicKey())
        .isEqualTo(other.readOrCreateNextIdentityKey().publicKey());
    assertThat(one.readOrCreateSecret("noise.key", 32))
        .isEqualTo(other.readOrCreateSecret("noise.key", 32));
    assertThat(one.readSecret("pending-join.key"))
        .isEqualTo(other.readSecret("pending-join.key"))
        .isNotNull();
  }

  private List<String> plainFiles() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("keys"))) {
      return files
          .filter(file -> !file.toString().endsWith(".p12") && !isEncrypted(file))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static boolean isEncrypted(Path file) {
    try {
      return Pbes2.isEncrypted(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void create_withPassphrase_encryptsEverySecret() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM, passphrase("correct horse"));
    fill(keys);
    assertThat(plainFiles()).containsExactly("coordinator-identity.pub");
    assertThat(KeyDirectory.isEncrypted(home)).isTrue();
    assertSame(keys, KeyDirectory.open(home, RANDOM, passphrase("correct horse")));
    keys.promoteNextIdentityKey();
    assertThat(KeyDirectory.open(home, RANDOM, passphrase("correct horse")).nextIdentityKey())
        .isNull();
    assertThat(plainFiles()).containsExactly("coordinator-identity.pub");
  }

  @Test
  void open_withoutOrWithAnotherPassphrase_saysWhichAndHow() throws Exception {
    KeyDirectory.create(home, RANDOM, passphrase("correct horse"));
    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("are encrypted, and no passphrase is given")
        .hasMessageContaining("RETORT_KEY_PASSPHRASE");
    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM, passphrase("battery staple")))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("it is another one");
    assertThatThrownBy(() -> KeyDirectory.create(home, RANDOM, passphrase("battery staple")))
        .isInstanceOf(KeyFileException.class);
  }

  @Test
  void open_plainKeysWithAPassphrase_saysThatTheyAreNotEncrypted() throws Exception {
    KeyDirectory.create(home, RANDOM);
    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM, passphrase("correct horse")))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("are not encrypted, though a passphrase is given");
  }

  @Test
  void encrypt_plainKeys_keepsThemAndTheirPermissions() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    fill(keys);
    keys.encrypt(passphrase("correct horse"));
    assertThat(plainFiles()).containsExactly("coordinator-identity.pub");
    KeyDirectory opened = KeyDirectory.open(home, RANDOM, passphrase("correct horse"));
    assertSame(keys, opened);
    opened.encrypt(passphrase("battery staple"));
    assertSame(keys, KeyDirectory.open(home, RANDOM, passphrase("battery staple")));
    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM, passphrase("correct horse")))
        .isInstanceOf(KeyFileException.class);
    try (Stream<Path> files = Files.list(home.resolve("keys"))) {
      assertThat(files)
          .allSatisfy(
              file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
  }

  @Test
  void encrypt_brokenOffAnywhere_canBeReadAndDoneAgain() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    fill(keys);
    Path directory = home.resolve("keys");
    byte[] password = Files.readAllBytes(directory.resolve("password"));
    keys.encrypt(passphrase("correct horse"));
    // As it would have been before the last step: all files encrypted, the password not yet.
    Files.write(directory.resolve("password"), password);
    assertSame(keys, KeyDirectory.open(home, RANDOM));
    KeyDirectory.open(home, RANDOM).encrypt(passphrase("correct horse"));
    assertSame(keys, KeyDirectory.open(home, RANDOM, passphrase("correct horse")));
  }

  @Test
  void readSecret_ofDamagedFile_names() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM, passphrase("correct horse"));
    fill(keys);
    Path file = home.resolve("keys/noise.key");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> keys.readOrCreateSecret("noise.key", 32))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("noise.key");
  }

  @Test
  void write_secretOfAnotherEnding_isRefused() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    assertThatThrownBy(() -> keys.writeSecret("noise.bin", new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void encrypted_identity_isPkcs8ThatTheJdkOpens() throws Exception {
    IdentityKey identity = IdentityKey.generate(RANDOM);
    byte[] file = Pbes2.encrypt(identity.toPkcs8(), "correct horse".toCharArray(), 1000, RANDOM);
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(file);
    Cipher cipher = Cipher.getInstance(info.getAlgParameters().toString());
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(info.getAlgParameters().toString())
            .generateSecret(new PBEKeySpec("correct horse".toCharArray())),
        info.getAlgParameters());
    byte[] pkcs8 = cipher.doFinal(info.getEncryptedData());
    assertThat(pkcs8).isEqualTo(identity.toPkcs8());
    assertThat(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)))
        .isNotNull();
    assertThat(IdentityKey.ofPkcs8(pkcs8).publicKey()).isEqualTo(identity.publicKey());
  }

  @Test
  void isEncrypted_ofSecretsAndJunk_isFalse() {
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      RANDOM.nextBytes(bytes);
      assertThat(Pbes2.isEncrypted(bytes)).isFalse();
    }
    assertThat(Pbes2.isEncrypted(IdentityKey.generate(RANDOM).toPkcs8())).isFalse();
    assertThat(Pbes2.isEncrypted(new byte[] {0x30, 0})).isFalse();
  }

  @Test
  void read_passphraseFile_takesOneLineOfTheOwners() throws Exception {
    Path file = Files.createFile(
        home.resolve("passphrase"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "gr\u00fcn and long\n");
    KeyDirectory.create(home, RANDOM, KeyPassphrase.read(file));
    KeyDirectory.open(home, RANDOM, passphrase("gr\u00fcn and long"));
    for (String wrong : List.of("", "short\n", "two lines\nof text\n", "a tab\tin it")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> KeyPassphrase.read(file))
          .isInstanceOf(KeyFileException.class)
          .hasMessageContaining("must be one line of at least 8 characters");
    }
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 1, 2, 3, 4, 5, 6, 7, 8});
    assertThatThrownBy(() -> KeyPassphrase.read(file)).hasMessageContaining("must be UTF-8");
    Files.write(file, "x".repeat(5000).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> KeyPassphrase.read(file)).hasMessageContaining("at most 4096 bytes");
    assertThatThrownBy(() -> KeyPassphrase.read(home.resolve("nothing")))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("must exist");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> KeyPassphrase.read(file))
        .isInstanceOf(WidePermissionsException.class)
        .hasMessageContaining("chmod 600");
    assertThat(passphrase("correct horse")).hasToString("KeyPassphrase[given]");
  }
}
