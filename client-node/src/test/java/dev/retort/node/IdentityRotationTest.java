package dev.retort.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.IdentityRotation.Rotated;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogInUseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a node's key, and what is left of them when the program is killed with SIGKILL on the way. */
@Timeout(120)
class IdentityRotationTest {

  /** In the order in which they happen. */
  private static final List<String> STEPS = List.of(
      "new key written", "rotation recorded", "key replaced for south", "key replaced", "the end");

  private static final int SIGKILLED = 128 + 9;

  @TempDir
  Path directory;

  private NodeHome home;
  private byte[] before;

  @BeforeEach
  void makeHome() throws Exception {
    home = RotationHome.make(directory.resolve("home"));
    before = keys().identity().publicKey();
  }

  private NodeCredentials keys() throws Exception {
    return NodeCredentials.read(KeyDirectory.open(home.root(), RotationHome.RANDOM));
  }

  private IdentityKey furtherKey() throws Exception {
    return NodeCredentials.read(
            KeyDirectory.open(home.federation(new FederationName("south")), RotationHome.RANDOM))
        .identity();
  }

  private Rotated rotate() throws Exception {
    return IdentityRotation.rotate(home, RotationHome.RANDOM, RotationHome.CLOCK);
  }

  private void settle() throws Exception {
    IdentityRotation.settle(
        home, KeyDirectory.open(home.root(), RotationHome.RANDOM), RotationHome.RANDOM);
  }

  /** Whether the home's one key signs its ledger, which has changed its key {@code changes} times. */
  private void assertInOrder(int changes) throws Exception {
    KeyHistory history = LedgerReader.keys(home.ledger());
    assertThat(history.spans()).hasSize(1 + changes);
    assertThat(keys().identity().publicKey()).isEqualTo(history.current().publicKey());
    assertThat(furtherKey().publicKey()).isEqualTo(history.current().publicKey());
    assertThat(history.first().publicKey()).isEqualTo(before);
    assertThat(LedgerVerifier.verify(home.ledger()).findings()).isEmpty();
    PrivacyLedger.open(
            home.ledger(), IdentitySigner.of(keys().node(), keys().identity()), RotationHome.CLOCK)
        .close();
  }

  private boolean nextKeyLies() {
    return Files.exists(home.root().resolve("keys/identity-next.key"));
  }

  @Test
  void rotate_replacesTheKeyEverywhereAndRecordsIt() throws Exception {
    Rotated rotated = rotate();
    assertThat(rotated.entry()).isEqualTo(1);
    assertThat(rotated.resumed()).isFalse();
    assertThat(rotated.before().publicKey()).isEqualTo(before);
    assertThat(rotated.now().publicKey()).isEqualTo(keys().identity().publicKey());
    assertThat(nextKeyLies()).isFalse();
    assertInOrder(1);
    assertThat(rotate().before()).isEqualTo(rotated.now());
    assertInOrder(2);
  }

  @Test
  void rotate_nodeAtWork_isRefusedAndChangesNothing() throws Exception {
    try (PrivacyLedger open = PrivacyLedger.open(
        home.ledger(), IdentitySigner.of(keys().node(), keys().identity()), RotationHome.CLOCK)) {
      assertThat(open.size()).isEqualTo(1);
      assertThatThrownBy(this::rotate).isInstanceOf(LogInUseException.class);
    }
    assertThat(nextKeyLies()).isFalse();
    assertInOrder(0);
  }

  @Test
  void rotate_homeWithoutALedger_beginsOne() throws Exception {
    Files.delete(home.ledger());
    assertThat(rotate().entry()).isZero();
    assertInOrder(1);
  }

  @Test
  void rotate_killedAtEachStep_isFinishedByTheNextStart() throws Exception {
    for (int step = 0; step < STEPS.size(); step++) {
      resetHome("started" + step);
      killAt(step);
      settle();
      // Nothing is recorded before the second step, and the old key goes on.
      assertInOrder(step == 0 ? 0 : 1);
      assertThat(nextKeyLies()).isEqualTo(step == 0);
    }
  }

  @Test
  void rotate_killedAtEachStep_isFinishedByRotatingAgain() throws Exception {
    for (int step = 0; step < STEPS.size(); step++) {
      resetHome("again" + step);
      killAt(step);
      boolean finished = step >= STEPS.indexOf("key replaced");
      Rotated rotated = rotate();
      assertThat(rotated.resumed()).isEqualTo(step > 0 && !finished);
      assertInOrder(finished ? 2 : 1);
      assertThat(nextKeyLies()).isFalse();
    }
  }

  @Test
  void rotate_killedBeforeItIsRecorded_usesTheKeyThatWasDrawn() throws Exception {
    killAt(0);
    IdentityKey drawn = KeyDirectory.open(home.root(), RotationHome.RANDOM).nextIdentityKey();
    rotate();
    assertThat(keys().identity().publicKey()).isEqualTo(drawn == null ? null : drawn.publicKey());
  }

  private void resetHome(String name) throws Exception {
    home = RotationHome.make(directory.resolve(name));
    before = keys().identity().publicKey();
  }

  private void killAt(int step) throws Exception {
    Process victim = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            RotationVictim.class.getName(),
            home.root().toString(),
            Integer.toString(step)))
        .redirectError(directory.resolve("errors.txt").toFile())
        .start();
    try (BufferedReader output = victim.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).as(this::errors).isEqualTo(STEPS.get(step));
      assertThat(victim.toHandle().destroyForcibly()).isTrue();
      assertThat(victim.waitFor()).isEqualTo(SIGKILLED);
    }
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("errors.txt"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
