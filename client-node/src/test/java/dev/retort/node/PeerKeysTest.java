package dev.retort.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.identity.IdentityKey;
import dev.retort.secagg.VerifyingKey;
import dev.retort.tlog.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerKeysTest {

  private final IdentityKey own = IdentityKey.generate(new SecureRandom());
  private final IdentityKey other = IdentityKey.generate(new SecureRandom());

  @TempDir
  private Path directory;

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("peers.keys"), text);
  }

  @Test
  void read_keysAndComments_givesAllButTheOwn() throws Exception {
    Path file = write("# neighbours\n\n"
        + VerifierKey.ofLog("retort/test/a", own.publicKey()) + "\n  "
        + VerifierKey.ofLog("retort/test/b", other.publicKey()) + "  \n");
    assertThat(PeerKeys.read(file, own.publicKey()))
        .containsExactly(VerifyingKey.of(other.publicKey()));
  }

  @Test
  void read_noFile_isNobody() throws Exception {
    assertThat(PeerKeys.read(directory.resolve("absent"), own.publicKey())).isEmpty();
  }

  @Test
  void read_anotherLine_namesFileAndLine() throws Exception {
    Path file = write("# neighbours\nretort/test/b+12+zz\n");
    assertThatThrownBy(() -> PeerKeys.read(file, own.publicKey()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("peers.keys must have one Ed25519 key a line")
        .hasMessageEndingWith("line 2");
  }
}
