package dev.retort.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one program, in {@code HOME/keys}: a directory of mode 0700 with files of mode 0600, from the moment of
 * their creation. Every file is written whole or not at all, and is on the disk when a method returns.
 *
 * <p>Safe for concurrent use. Needs a POSIX file system.
 */
public final class KeyDirectory {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final String PASSWORD = "password";
  private static final String IDENTITY = "identity.key";
  private static final String NEXT_IDENTITY = "identity-next.key";
  private static final String ALIAS = "retort";
  private static final int PASSWORD_BYTES = 32;

  private final Path directory;
  private final char[] password;
  private final SecureRandom random;

  private KeyDirectory(Path directory, char[] password, SecureRandom random) {
    this.directory = directory;
    this.password = password;
    this.random = random;
  }

  /**
   * The key directory of a home, created where absent; a password for the PKCS#12 files is generated into
   * {@code keys/password}.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   */
  public static KeyDirectory create(Path home, SecureRandom random) throws IOException {
    Path directory = createDirectories(home);
    byte[] secret = new byte[PASSWORD_BYTES];
    random.nextBytes(secret);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(secret);
    writeNew(directory, PASSWORD, text);
    return open(home, random);
  }

  /**
   * The key directory of a home, created where absent, whose password is kept elsewhere.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   */
  public static KeyDirectory create(Path home, SecureRandom random, char[] password)
      throws IOException {
    createDirectories(home);
    return open(home, random, password);
  }

  /**
   * The key directory of a home, with the password in {@code keys/password}.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if there are no keys
   */
  public static KeyDirectory open(Path home, SecureRandom random) throws IOException {
    Path directory = checked(home);
    byte[] text = read(directory, PASSWORD);
    if (text == null) {
      throw new KeyFileException("password file must exist: " + directory.resolve(PASSWORD));
    }
    return new KeyDirectory(
        directory, new String(text, StandardCharsets.UTF_8).strip().toCharArray(), random);
  }

  /**
   * The key directory of a home, whose password is kept elsewhere.
   *
   * @throws WidePermissionsException if somebody else than the owner may reach the keys
   * @throws KeyFileException if there are no keys
   */
  public static KeyDirectory open(Path home, SecureRandom random, char[] password)
      throws IOException {
    return new KeyDirectory(checked(home), password.clone(), random);
  }

  private static Path createDirectories(Path home) throws IOException {
    Files.createDirectories(home.resolve("keys"), DIRECTORY_MODE);
    // Before anything is written: the directory may be an old one.
    return checked(home);
  }

  private static Path checked(Path home) throws IOException {
    Path directory = home.resolve("keys");
    if (!Files.isDirectory(directory)) {
      throw new KeyFileException("key directory must exist: " + directory);
    }
    checkHome(home);
    checkOwnerOnly(directory, "rwx------", "700");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        checkOwnerOnly(file, "rw-------", "600");
      }
    }
    return directory;
  }

  /** Whoever may write to the home may put another key directory in the place of this one. */
  private static void checkHome(Path home) throws IOException {
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(home);
    if (found.contains(PosixFilePermission.GROUP_WRITE)
        || found.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new WidePermissionsException(
          home, PosixFilePermissions.toString(found), "writable by the owner only", "go-w");
    }
  }

  private static void checkOwnerOnly(Path path, String rule, String mode) throws IOException {
    Set<PosixFilePermission> found;
    try {
      found = Files.getPosixFilePermissions(path);
    } catch (NoSuchFileException e) {
      return; // A temporary file of another thread or process.
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(PosixFilePermissions.fromString("rwxrwxrwx"));
    others.removeAll(OWNER_ONLY);
    others.retainAll(found);
    if (!others.isEmpty()) {
      throw new WidePermissionsException(path, PosixFilePermissions.toString(found), rule, mode);
    }
  }

  /** Where the keys are. */
  public Path directory() {
    return directory;
  }

  /**
   * The secret of a name; random bytes that are created at the first call and the same for ever after.
   *
   * @throws KeyFileException if the file has another length
   */
  public byte[] readOrCreateSecret(String name, int bytes) throws IOException {
    byte[] found = read(directory, name);
    if (found == null) {
      byte[] fresh = new byte[bytes];
      random.nextBytes(fresh);
      writeNew(directory, name, fresh);
      // What stands there, should another process have been first.
      found = read(directory, name);
    }
    if (found == null || found.length != bytes) {
      throw new KeyFileException("length of " + directory.resolve(name) + " must be " + bytes
          + " bytes: " + (found == null ? "the file is gone" : found.length));
    }
    return found;
  }

  /** The content of a file of {@link #write}, or null if there is none. */
  public byte @Nullable [] read(String name) throws IOException {
    return read(directory, name);
  }

  /** Writes a small file, or replaces it whole. */
  public void write(String name, byte[] content) throws IOException {
    Path temporary = writeTemporary(directory, name, content);
    Files.move(temporary, file(directory, name), StandardCopyOption.ATOMIC_MOVE);
    force(directory);
  }

  /** Removes a file, if it exists. */
  public void delete(String name) throws IOException {
    Files.deleteIfExists(file(directory, name));
    force(directory);
  }

  /**
   * The program's identity key, or null if it has none yet.
   *
   * @throws KeyFileException if the file is damaged
   */
  public @Nullable IdentityKey identityKey() throws IOException {
    byte[] pkcs8 = read(directory, IDENTITY);
    return pkcs8 == null ? null : IdentityKey.ofPkcs8(pkcs8);
  }

  /** The program's identity key, created at the first call. */
  public IdentityKey readOrCreateIdentityKey() throws IOException {
    IdentityKey found = identityKey();
    if (found != null) {
      return found;
    }
    IdentityKey fresh = IdentityKey.generate(random);
    return writeNew(directory, IDENTITY, fresh.toPkcs8()) ? fresh : readOrCreateIdentityKey();
  }

  /** Keeps an identity key, in the place of any other. */
  public void writeIdentityKey(IdentityKey key) throws IOException {
    write(IDENTITY, key.toPkcs8());
  }

  /**
   * The key that is to replace the identity key, or null if there is none.
   *
   * @throws KeyFileException if the file is damaged
   */
  public @Nullable IdentityKey nextIdentityKey() throws IOException {
    byte[] pkcs8 = read(directory, NEXT_IDENTITY);
    return pkcs8 == null ? null : IdentityKey.ofPkcs8(pkcs8);
  }

  /** The key that is to replace the identity key, created at the first call; it is never replaced itself. */
  public IdentityKey readOrCreateNextIdentityKey() throws IOException {
    IdentityKey found = nextIdentityKey();
    if (found != null) {
      return found;
    }
    IdentityKey fresh = IdentityKey.generate(random);
    return writeNew(directory, NEXT_IDENTITY, fresh.toPkcs8())
        ? fresh
        : readOrCreateNextIdentityKey();
  }

  /** Puts the next identity key in the place of the identity key, which is gone from then on; nothing if there is none. */
  public void promoteNextIdentityKey() throws IOException {
    try {
      Files.move(
          file(directory, NEXT_IDENTITY),
          file(directory, IDENTITY),
          StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // Somebody else was faster.
    }
    force(directory);
  }

  /**
   * The key and certificates in {@code NAME.p12}, or null if there is no such file.
   *
   * @throws KeyFileException if the file is damaged or the password is another one
   */
  public @Nullable CertifiedKey certifiedKey(String name) throws IOException {
    byte[] p12 = read(directory, name + ".p12");
    if (p12 == null) {
      return null;
    }
    Path file = directory.resolve(name + ".p12");
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
          "key file must open with the password in " + directory.resolve(PASSWORD)
              + " (or the one given): " + file,
          e);
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

  private static byte @Nullable [] read(Path directory, String name) throws IOException {
    try {
      return Files.readAllBytes(file(directory, name));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Whether the file was written; false, and nothing done, if there is one already. */
  private static boolean writeNew(Path directory, String name, byte[] content) throws IOException {
    Path target = file(directory, name);
    if (Files.exists(target)) {
      return false;
    }
    Path temporary = writeTemporary(directory, name, content);
    try {
      // A hard link, unlike a rename, never replaces.
      Files.createLink(target, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(temporary);
      force(directory);
    }
  }

  private static Path writeTemporary(Path directory, String name, byte[] content)
      throws IOException {
    Path temporary = Files.createTempFile(directory, "." + name, ".tmp", FILE_MODE);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    return temporary;
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path file(Path directory, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must be 1 to 64 characters of a-z, 0-9, '.' and '-': " + name);
    }
    return directory.resolve(name);
  }
}
