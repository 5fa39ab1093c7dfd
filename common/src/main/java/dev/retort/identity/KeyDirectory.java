package dev.retort.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one program, in {@code HOME/keys}: a directory of mode 0700 with files of mode 0600, from the moment of
 * their creation. Every file is written whole or not at all, and is on the disk when a method returns.
 *
 * <p>With a passphrase all of them are encrypted. The passphrase encrypts the directory's password, 256 random bits in
 * {@code keys/password}, and that password encrypts everything else; so another passphrase changes one file. Without a
 * passphrase the password lies open, and permissions alone keep the secrets.
 *
 * <p>Safe for concurrent use. Needs a POSIX file system.
 */
public final class KeyDirectory {

  private static final String PASSWORD = "password";
  private static final String IDENTITY = "identity.key";
  private static final String NEXT_IDENTITY = "identity-next.key";
  private static final String ALIAS = "retort";
  private static final int PASSWORD_BYTES = 32;

  /** Stands before the password, so that a wrong passphrase is told from a right one. */
  private static final String PASSWORD_MARK = "retort-keys/1 ";

  /** Under a second: what OWASP asks of PBKDF2-HMAC-SHA-256 against guessing. */
  private static final int PASSPHRASE_ITERATIONS = 600_000;

  /** The directory's password has 256 bits, which nobody guesses: as many as the JDK takes for PKCS#12. */
  private static final int PASSWORD_ITERATIONS = 10_000;

  private final OwnerOnlyFiles files;
  private final char[] password;
  private final boolean encrypted;
  private final SecureRandom random;

  private KeyDirectory(
      OwnerOnlyFiles files, char[] password, boolean encrypted, SecureRandom random) {
    this.files = files;
    this.password = password;
    this.encrypted = encrypted;
    this.random = random;
  }

  /**
   * The key directory of a home, created where absent, with keys that are not encrypted.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   */
  public static KeyDirectory create(Path home, SecureRandom random) throws IOException {
    return create(home, random, KeyPassphrase.none());
  }

  /**
   * The key directory of a home, created where absent.
   *
   * @param passphrase encrypts the keys, if it is given; if the directory exists, the one that they are encrypted with
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if the directory exists and the passphrase is not its own
   */
  public static KeyDirectory create(Path home, SecureRandom random, KeyPassphrase passphrase)
      throws IOException {
    OwnerOnlyFiles files = OwnerOnlyFiles.create(home);
    if (files.read(PASSWORD) == null) {
      byte[] secret = new byte[PASSWORD_BYTES];
      random.nextBytes(secret);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
      // Should another process have been first, its password stands.
      var unused = files.writeNew(PASSWORD, passwordFile(text, passphrase, random));
    }
    return open(home, random, passphrase);
  }

  /**
   * The key directory of a home whose keys are not encrypted.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if there are no keys, or they are encrypted
   */
  public static KeyDirectory open(Path home, SecureRandom random) throws IOException {
    return open(home, random, KeyPassphrase.none());
  }

  /**
   * The key directory of a home.
   *
   * @param passphrase what the keys are encrypted with; none if they are not
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if there are no keys, or the passphrase is missing, another one, or given for keys that are not
   *     encrypted
   */
  public static KeyDirectory open(Path home, SecureRandom random, KeyPassphrase passphrase)
      throws IOException {
    OwnerOnlyFiles files = OwnerOnlyFiles.open(home);
    byte[] file = files.read(PASSWORD);
    if (file == null) {
      throw new KeyFileException("password file must exist: " + files.path(PASSWORD));
    }
    boolean encrypted = Pbes2.isEncrypted(file);
    if (encrypted && !passphrase.isGiven()) {
      throw new KeyFileException("keys in " + files.directory()
          + " are encrypted, and no passphrase is given; give it by --key-passphrase-file, by"
          + " keyPassphraseFile in the home's configuration, or in RETORT_KEY_PASSPHRASE");
    }
    if (!encrypted && passphrase.isGiven()) {
      throw new KeyFileException("keys in " + files.directory()
          + " are not encrypted, though a passphrase is given; encrypt them with: retort node"
          + " encrypt-keys, or: retort coordinator encrypt-keys");
    }
    String text = encrypted
        ? decryptedPassword(files, file, passphrase)
        : new String(file, StandardCharsets.UTF_8).strip();
    return new KeyDirectory(files, text.toCharArray(), encrypted, random);
  }

  /**
   * Whether the keys of a home are encrypted.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if there are no keys
   */
  public static boolean isEncrypted(Path home) throws IOException {
    byte[] file = OwnerOnlyFiles.open(home).read(PASSWORD);
    return file != null && Pbes2.isEncrypted(file);
  }

  private static byte[] passwordFile(
      String password, KeyPassphrase passphrase, SecureRandom random) {
    return passphrase.isGiven()
        ? Pbes2.encrypt(
            (PASSWORD_MARK + password).getBytes(StandardCharsets.UTF_8),
            passphrase.characters(),
            PASSPHRASE_ITERATIONS,
            random)
        : password.getBytes(StandardCharsets.UTF_8);
  }

  private static String decryptedPassword(
      OwnerOnlyFiles files, byte[] file, KeyPassphrase passphrase) throws KeyFileException {
    try {
      String text =
          new String(Pbes2.decrypt(file, passphrase.characters()), StandardCharsets.UTF_8);
      if (text.startsWith(PASSWORD_MARK)) {
        return text.substring(PASSWORD_MARK.length());
      }
    } catch (GeneralSecurityException refused) {
      // As for a text without the mark: padding alone lets one wrong passphrase in 256 through.
    }
    throw new KeyFileException("passphrase must be the one that the keys in " + files.directory()
        + " are encrypted with: it is another one, or " + files.path(PASSWORD) + " is damaged");
  }

  /**
   * Encrypts all keys, or encrypts them with another passphrase. If it is broken off, the keys can still be read with what
   * opened this directory, and a second call does the rest.
   *
   * @param next from now on needed to open the directory
   * @throws KeyFileException if a file is damaged
   */
  public void encrypt(KeyPassphrase next) throws IOException {
    if (!next.isGiven()) {
      throw new IllegalArgumentException("passphrase must be given: " + next);
    }
    for (String name : files.names()) {
      byte[] content = name.endsWith(".key") ? files.read(name) : null;
      if (content != null && !Pbes2.isEncrypted(content)) {
        files.write(name, encrypted(content));
      }
    }
    // Last: until now the password was readable, and with it everything.
    files.write(PASSWORD, passwordFile(String.valueOf(password), next, random));
  }

  /** Where the keys are. */
  public Path directory() {
    return files.directory();
  }

  /**
   * The secret of a name; random bytes that are created at the first call and the same for ever after.
   *
   * @param name ends in {@code .key}
   * @throws KeyFileException if the file has another length, or is damaged
   */
  public byte[] readOrCreateSecret(String name, int bytes) throws IOException {
    byte[] found = readSecret(name);
    if (found == null) {
      byte[] fresh = new byte[bytes];
      random.nextBytes(fresh);
      writeNewSecret(name, fresh);
      // What stands there, should another process have been first.
      found = readSecret(name);
    }
    if (found == null || found.length != bytes) {
      throw new KeyFileException("length of " + files.path(name) + " must be " + bytes + " bytes: "
          + (found == null ? "the file is gone" : found.length));
    }
    return found;
  }

  /** The content of a file of {@link #write}, or null if there is none. */
  public byte @Nullable [] read(String name) throws IOException {
    return files.read(name);
  }

  /** Writes a small file that is no secret, or replaces it whole. */
  public void write(String name, byte[] content) throws IOException {
    files.write(name, content);
  }

  /** Removes a file, if it exists. */
  public void delete(String name) throws IOException {
    files.delete(name);
  }

  /**
   * A secret, or null if there is none.
   *
   * @throws KeyFileException if the file is encrypted under another password, or damaged
   */
  public byte @Nullable [] readSecret(String name) throws IOException {
    byte[] content = files.read(requireSecret(name));
    if (content == null || !Pbes2.isEncrypted(content)) {
      return content;
    }
    try {
      return Pbes2.decrypt(content, password);
    } catch (GeneralSecurityException e) {
      throw new KeyFileException(
          "key file must be encrypted under the password in " + files.path(PASSWORD) + ": "
              + files.path(name),
          e);
    }
  }

  /** Writes a secret, or replaces it whole. */
  void writeSecret(String name, byte[] content) throws IOException {
    files.write(requireSecret(name), encrypted ? encrypted(content) : content);
  }

  private boolean writeNewSecret(String name, byte[] content) throws IOException {
    return files.writeNew(requireSecret(name), encrypted ? encrypted(content) : content);
  }

  // By their ending secrets are found that are still to be encrypted.
  private static String requireSecret(String name) {
    if (!name.endsWith(".key")) {
      throw new IllegalArgumentException("name of a secret must end in .key: " + name);
    }
    return name;
  }

  private byte[] encrypted(byte[] secret) {
    return Pbes2.encrypt(secret, password, PASSWORD_ITERATIONS, random);
  }

  /**
   * The program's identity key, or null if it has none yet.
   *
   * @throws KeyFileException if the file is damaged
   */
  public @Nullable IdentityKey identityKey() throws IOException {
    return identityKey(IDENTITY);
  }

  private @Nullable IdentityKey identityKey(String name) throws IOException {
    byte[] pkcs8 = readSecret(name);
    return pkcs8 == null ? null : IdentityKey.ofPkcs8(pkcs8);
  }

  /** The program's identity key, created at the first call. */
  public IdentityKey readOrCreateIdentityKey() throws IOException {
    return readOrCreateIdentityKey(IDENTITY);
  }

  private IdentityKey readOrCreateIdentityKey(String name) throws IOException {
    IdentityKey found = identityKey(name);
    if (found != null) {
      return found;
    }
    IdentityKey fresh = IdentityKey.generate(random);
    return writeNewSecret(name, fresh.toPkcs8()) ? fresh : readOrCreateIdentityKey(name);
  }

  /** Keeps an identity key, in the place of any other. */
  public void writeIdentityKey(IdentityKey key) throws IOException {
    writeSecret(IDENTITY, key.toPkcs8());
  }

  /**
   * The key that is to replace the identity key, or null if there is none.
   *
   * @throws KeyFileException if the file is damaged
   */
  public @Nullable IdentityKey nextIdentityKey() throws IOException {
    return identityKey(NEXT_IDENTITY);
  }

  /** The key that is to replace the identity key, created at the first call; it is never replaced itself. */
  public IdentityKey readOrCreateNextIdentityKey() throws IOException {
    return readOrCreateIdentityKey(NEXT_IDENTITY);
  }

  /** Puts the next identity key in the place of the identity key, which is gone from then on; nothing if there is none. */
  public void promoteNextIdentityKey() throws IOException {
    files.rename(NEXT_IDENTITY, IDENTITY);
  }

  /**
   * The key and certificates in {@code NAME.p12}, or null if there is no such file.
   *
   * @throws KeyFileException if the file is damaged or the password is another one
   */
  public @Nullable CertifiedKey certifiedKey(String name) throws IOException {
    byte[] p12 = files.read(name + ".p12");
    if (p12 == null) {
      return null;
    }
    Path file = files.path(name + ".p12");
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(p12), password);
      Key key = store.getKey(ALIAS, password);
      Certificate[] certificates = store.getCertificateChain(ALIAS);
      if (!(key instanceof PrivateKey privateKey) || certificates == null) {
        throw new KeyFileException(
            "key file must hold a key under the name " + ALIAS + ": " + file);
      }
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : certificates) {
        chain.add((X509Certificate) certificate);
      }
      return new CertifiedKey(privateKey, chain);
    } catch (KeyFileException e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new KeyFileException(
          "key file must open with the password in " + files.path(PASSWORD) + ": " + file, e);
    }
  }

  /** Keeps a key and its certificates in {@code NAME.p12}, in the place of any other. */
  public void writeCertifiedKey(String name, CertifiedKey key) throws IOException {
    ByteArrayOutputStream p12 = new ByteArrayOutputStream();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, key.privateKey(), password, key.chain().toArray(Certificate[]::new));
      store.store(p12, password);
    } catch (GeneralSecurityException e) {
      throw new KeyFileException("key must be storable in PKCS#12: " + key, e);
    }
    write(name + ".p12", p12.toByteArray());
  }
}
