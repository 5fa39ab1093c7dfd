package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import dev.retort.secagg.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SumMemoryTest {

  private static final Octets SESSION = Octets.of(Digest.of(new byte[] {1}).bytes());
  private static final Digest BATCH = Digest.of(new byte[] {2});

  @TempDir
  private Path directory;

  private Path file() {
    return directory.resolve(SumMemory.FILE);
  }

  @Test
  void memory_outlivesARestart() throws Exception {
    try (SumMemory memory = new SumMemory(file())) {
      assertThat(memory.isReleased(BATCH)).isFalse();
      assertThat(memory.enter(SESSION)).isTrue();
      assertThat(memory.enter(SESSION)).isFalse();
      memory.release(BATCH);
      memory.release(BATCH);
    }
    try (SumMemory memory = new SumMemory(file())) {
      assertThat(memory.enter(SESSION)).isFalse();
      assertThat(memory.isReleased(BATCH)).isTrue();
    }
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void interrupted_isWrittenAllTheSameAndGoesOn() throws Exception {
    try (SumMemory memory = new SumMemory(file())) {
      Thread.currentThread().interrupt();
      memory.release(BATCH);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(memory.enter(SESSION)).isTrue();
    }
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void lastLine_cutOffByACrash_isDropped() throws Exception {
    try (SumMemory memory = new SumMemory(file())) {
      assertThat(memory.enter(SESSION)).isTrue();
    }
    Files.writeString(file(), "release 0123", StandardOpenOption.APPEND);
    try (SumMemory memory = new SumMemory(file())) {
      assertThat(memory.isReleased(BATCH)).isFalse();
      memory.release(BATCH);
    }
    assertThat(Files.readAllLines(file())).hasSize(2).last().isEqualTo("release " + BATCH.hex());
  }

  @Test
  void otherLines_areRefused() throws Exception {
    Files.writeString(file(), "enter here\n");
    try (SumMemory memory = new SumMemory(file())) {
      assertThatThrownBy(() -> memory.isReleased(BATCH))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("put back the newest copy");
    }
  }

  @Test
  void closed_takesNothing() {
    SumMemory memory = new SumMemory(file());
    memory.close();
    assertThatThrownBy(() -> memory.release(BATCH)).isInstanceOf(IOException.class);
  }
}
