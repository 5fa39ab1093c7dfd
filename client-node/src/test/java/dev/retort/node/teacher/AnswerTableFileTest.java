package dev.retort.node.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.merkle.Digest;
import dev.retort.transfer.SampleRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteTableFileTest {

  private static final Digest PLAN = Digest.of(new byte[] {1});
  private static final Digest RECORDS = Digest.of(new byte[] {2});
  private static final LabelGrid GRID = new LabelGrid(5);
  private static final VoteTable TABLE = new VoteTable(2, GRID, 3, new int[] {10, 0, 0, 3, 3, 4});

  @TempDir
  Path directory;

  private VoteTableFile file;

  @BeforeEach
  void nameFile() {
    file = new VoteTableFile(directory.resolve("studies/1/votes"), PLAN, RECORDS);
  }

  @Test
  void read_written_isTheSame() throws Exception {
    file.write(TABLE);
    assertThat(file.read(2, GRID).sums()).isEqualTo(TABLE.sums());
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
      assertThatThrownBy(() -> file.read(2, GRID)).isInstanceOf(CorruptVoteTableException.class);
    }
  }

  @Test
  void read_cutAnywhere_isCorrupt() throws Exception {
    file.write(TABLE);
    byte[] sound = Files.readAllBytes(file.path());
    for (int length = 0; length < sound.length; length++) {
      Files.write(file.path(), java.util.Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> file.read(2, GRID)).isInstanceOf(CorruptVoteTableException.class);
    }
  }

  @Test
  void read_ofAnotherPlanOrOtherRecordsOrTeachers_isCorrupt() throws Exception {
    file.write(TABLE);
    assertThatThrownBy(() -> new VoteTableFile(file.path(), RECORDS, RECORDS).read(2, GRID))
        .isInstanceOf(CorruptVoteTableException.class)
        .hasMessageContaining("this plan");
    assertThatThrownBy(() -> new VoteTableFile(file.path(), PLAN, PLAN).read(2, GRID))
        .isInstanceOf(CorruptVoteTableException.class)
        .hasMessageContaining("the records as they are now");
    assertThatThrownBy(() -> file.read(10, LabelGrid.VOTE))
        .isInstanceOf(CorruptVoteTableException.class)
        .hasMessageContaining("teachers and grid");
  }

  @Test
  void constructor_rowThatDoesNotAddUp_isRefused() {
    assertThatThrownBy(() -> new VoteTable(2, GRID, 3, new int[] {10, 0, 0, 3, 3, 5}))
        .hasMessage("each row must add up to teachers * labelGrid = 10: row 1");
    assertThatThrownBy(() -> new VoteTable(2, GRID, 3, new int[] {11, -1, 0}))
        .hasMessage("sums must be >= 0: row 0");
  }

  @Test
  void block_range_holdsItsRows() {
    assertThat(TABLE.block(new SampleRange(1, 1)).values()).containsExactly(3, 3, 4);
    assertThatThrownBy(() -> TABLE.block(new SampleRange(1, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
