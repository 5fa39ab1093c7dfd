package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.merkle.Digest;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.transfer.SampleRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerTableFileTest {

  private static final Digest PLAN = Digest.of(new byte[] {1});
  private static final Digest RECORDS = Digest.of(new byte[] {2});
  private static final LabelGrid GRID = new LabelGrid(5);
  private static final Mechanism MECHANISM = new DiscreteGaussianHistogram(GRID, 3, 7);
  private static final AnswerTable TABLE =
      new AnswerTable(MECHANISM, 2, new int[] {10, 0, 0, 3, 3, 4});

  @TempDir
  Path directory;

  private AnswerTableFile file;

  @BeforeEach
  void nameFile() {
    file = new AnswerTableFile(directory.resolve("studies/1/votes"), PLAN, RECORDS);
  }

  @Test
  void read_written_isTheSame() throws Exception {
    file.write(TABLE);
    assertThat(file.read(MECHANISM, 2).sums()).isEqualTo(TABLE.sums());
  }

  @Test
  void write_anyUmask_isForTheOwnerAlone() throws Exception {
    file.write(TABLE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("studies/1"))))
        .isEqualTo("rwx------");
    try (var files = Files.list(directory.resolve("studies/1"))) {
      assertThat(files).containsExactly(file.path());
    }
  }

  @Test
  void read_anyByteFlipped_isCorrupt() throws Exception {
    file.write(TABLE);
    byte[] sound = Files.readAllBytes(file.path());
    for (int i = 0; i < sound.length; i++) {
      byte[] damaged = sound.clone();
      damaged[i] ^= 1;
      Files.write(file.path(), damaged);
      assertThatThrownBy(() -> file.read(MECHANISM, 2))
          .isInstanceOf(CorruptAnswerTableException.class);
    }
  }

  @Test
  void read_cutAnywhere_isCorrupt() throws Exception {
    file.write(TABLE);
    byte[] sound = Files.readAllBytes(file.path());
    for (int length = 0; length < sound.length; length++) {
      Files.write(file.path(), java.util.Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> file.read(MECHANISM, 2))
          .isInstanceOf(CorruptAnswerTableException.class);
    }
  }

  @Test
  void read_ofAnotherPlanOrOtherRecordsOrTeachers_isCorrupt() throws Exception {
    file.write(TABLE);
    assertThatThrownBy(() -> new AnswerTableFile(file.path(), RECORDS, RECORDS).read(MECHANISM, 2))
        .isInstanceOf(CorruptAnswerTableException.class)
        .hasMessageContaining("this plan");
    assertThatThrownBy(() -> new AnswerTableFile(file.path(), PLAN, PLAN).read(MECHANISM, 2))
        .isInstanceOf(CorruptAnswerTableException.class)
        .hasMessageContaining("the records as they are now");
    assertThatThrownBy(() -> file.read(MECHANISM, 10))
        .isInstanceOf(CorruptAnswerTableException.class)
        .hasMessageContaining("width and rows");
  }

  @Test
  void constructor_rowThatDoesNotAddUp_isRefused() {
    assertThatThrownBy(() -> new AnswerTable(MECHANISM, 2, new int[] {10, 0, 0, 3, 3, 5}))
        .hasMessageContaining("must sum to teachers * labelGrid = 10");
    assertThatThrownBy(() -> new AnswerTable(MECHANISM, 2, new int[] {11, -1, 0}))
        .hasMessageContaining("no negative entry");
  }

  @Test
  void block_range_holdsItsRows() {
    assertThat(TABLE.block(new SampleRange(1, 1)).values()).containsExactly(3, 3, 4);
    assertThatThrownBy(() -> TABLE.block(new SampleRange(1, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
