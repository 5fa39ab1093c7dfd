package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyDirectoryTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final CertifiedKey ROOT = FederationRoot.create(
          new FederationName("fed"), Clock.systemUTC(), RANDOM)
      .key();

  @TempDir
  private Path home;

  @Test
  void create_inNewHome_makesDirectoryAndFilesForTheOwnerOnly() throws IOException {
    Path deep = home.resolve("a/b");
    KeyDirectory keys = KeyDirectory.create(deep, RANDOM);
    keys.writeCertifiedKey("root", ROOT);
    keys.readOrCreateIdentityKey();
    keys.readOrCreateSecret("noise.key", 32);

    assertThat(mode(deep)).isEqualTo("rwx------");
    assertThat(mode(deep.resolve("keys"))).isEqualTo("rwx------");
    assertThat(files(keys))
        .extracting(file -> file.getFileName() + " " + mode(file))
        .containsExactlyInAnyOrder(
            "password rw-------",
            "root.p12 rw-------",
            "identity.key rw-------",
            "noise.key rw-------");
  }

  @Test
  void open_ofWrittenKeys_givesThemBack() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    keys.writeCertifiedKey("root", ROOT);
    IdentityKey identity = keys.readOrCreateIdentityKey();
    byte[] secret = keys.readOrCreateSecret("noise.key", 32);

    KeyDirectory again = KeyDirectory.open(home, RANDOM);

    assertThat(again.certifiedKey("root")).isEqualTo(ROOT);
    assertThat(again.readOrCreateIdentityKey().publicKey()).isEqualTo(identity.publicKey());
    assertThat(again.readOrCreateSecret("noise.key", 32)).isEqualTo(secret).hasSize(32);
    assertThat(again.certifiedKey("node")).isNull();
    assertThat(again.read("nothing")).isNull();
  }

  @Test
  void create_whereKeysAre_keepsThePassword() throws IOException {
    KeyDirectory.create(home, RANDOM).writeCertifiedKey("root", ROOT);

    assertThat(KeyDirectory.create(home, RANDOM).certifiedKey("root")).isEqualTo(ROOT);
  }

  @Test
  void open_ofFileThatOthersMayRead_namesPathAndFix() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    keys.writeCertifiedKey("node", ROOT);
    Path file = keys.directory().resolve("node.p12");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM))
        .isInstanceOf(WidePermissionsException.class)
        .hasMessage("permissions of " + file
            + " must be rw-------: rw-r-----; fix it with: chmod 600 " + file);
  }

  @Test
  void open_ofDirectoryThatOthersMayEnter_namesPathAndFix() throws IOException {
    Path directory = KeyDirectory.create(home, RANDOM).directory();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));

    assertThatThrownBy(() -> KeyDirectory.create(home, RANDOM))
        .isInstanceOf(WidePermissionsException.class)
        .hasMessageContaining("fix it with: chmod 700 " + directory);
  }

  @Test
  void create_inDirectoryThatOthersMayEnter_writesNoPassword() throws IOException {
    Path directory = Files.createDirectory(home.resolve("keys"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(() -> KeyDirectory.create(home, RANDOM))
        .isInstanceOf(WidePermissionsException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void open_ofHomeThatOthersMayWrite_namesPathAndFix() throws IOException {
    KeyDirectory.create(home, RANDOM);
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwx---"));

    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM))
        .isInstanceOf(WidePermissionsException.class)
        .hasMessageContaining("fix it with: chmod go-w " + home);
  }

  @Test
  void open_withoutKeys_refuses() {
    assertThatThrownBy(() -> KeyDirectory.open(home, RANDOM))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining(home.resolve("keys").toString());
  }

  @Test
  void certifiedKey_ofDamagedFile_refuses() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    keys.write("root.p12", new byte[100]);

    assertThatThrownBy(() -> keys.certifiedKey("root")).isInstanceOf(KeyFileException.class);
  }

  @Test
  void readOrCreateSecret_ofFileCutShort_refuses() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    keys.write("noise.key", new byte[31]);

    assertThatThrownBy(() -> keys.readOrCreateSecret("noise.key", 32))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("32 bytes: 31");
  }

  @Test
  void readOrCreateSecret_byManyAtOnce_givesAllTheSame() throws Exception {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<String> read =
          () -> java.util.HexFormat.of().formatHex(keys.readOrCreateSecret("noise.key", 32));
      Set<String> seen = new HashSet<>();
      for (Future<String> each :
          threads.invokeAll(List.of(read, read, read, read, read, read, read, read))) {
        seen.add(each.get());
      }
      assertThat(seen).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(files(keys)).noneMatch(file -> file.toString().endsWith(".tmp"));
  }

  @Test
  void write_ofNameWithPath_refuses() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);

    assertThatThrownBy(() -> keys.write("../escape", new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readOrCreate_ofPendingJoin_isTheSameForTheSameTokenOnly() throws IOException {
    KeyDirectory keys = KeyDirectory.create(home, RANDOM);
    JoinToken token = JoinToken.create(new NodeId("a"), ROOT.certificate(), RANDOM);
    JoinToken other = JoinToken.create(new NodeId("a"), ROOT.certificate(), RANDOM);
    PendingJoin join = PendingJoin.readOrCreate(keys, token, RANDOM);
    join.writeTo(keys);

    PendingJoin again = PendingJoin.readOrCreate(keys, token, RANDOM);

    assertThat(again.request().der()).isEqualTo(join.request().der());
    assertThat(again.identity().publicKey()).isEqualTo(join.identity().publicKey());
    assertThat(again.tlsKey()).isEqualTo(join.tlsKey());
    assertThat(PendingJoin.readOrCreate(keys, other, RANDOM).request().der())
        .isNotEqualTo(join.request().der());
    PendingJoin.removeFrom(keys);
    assertThat(files(keys))
        .extracting(file -> String.valueOf(file.getFileName()))
        .containsExactly("password");
  }

  private static List<Path> files(KeyDirectory keys) throws IOException {
    try (Stream<Path> files = Files.list(keys.directory())) {
      return files.map(Objects::requireNonNull).toList();
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
