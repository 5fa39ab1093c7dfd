package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench-data")
final class RealFilesTest {

  @Test
  void read_mnist_isSixtyThousandDigitsAsBytes() throws Exception {
    Path mnist = benchData("mnist");
    long before = usedBytes();
    LabelledSamples train = IdxFile.read(
        mnist.resolve("train-images-idx3-ubyte.gz"),
        mnist.resolve("train-labels-idx1-ubyte.gz"),
        10);
    long held = usedBytes() - before;
    assertThat(train.count()).isEqualTo(60_000);
    assertThat(train.samples().shape()).isEqualTo(SampleShape.image(1, 28, 28));
    assertThat(Arrays.copyOf(train.labels(), 5)).containsExactly(5, 0, 4, 1, 9);
    // 60,000 x 784 bytes are 47.0 million; floats would be 188 million.
    assertThat(held).isLessThan(60_000_000);
  }

  @Test
  void read_mnistCutShort_isMalformed() throws Exception {
    byte[] packed = Files.readAllBytes(benchData("mnist").resolve("t10k-images-idx3-ubyte.gz"));
    Path cut =
        Files.write(Files.createTempFile("cut", ".gz"), Arrays.copyOf(packed, packed.length / 2));
    try {
      IdxFile.readImages(cut);
      throw new AssertionError("must be refused");
    } catch (MalformedIdxException e) {
      assertThat(e).hasMessageContaining("must be followed by 7840000 bytes: found ");
    } finally {
      Files.delete(cut);
    }
  }

  @Test
  void readImages_emojiRank4_isThreeChannels() throws Exception {
    ByteSamples images =
        IdxFile.readImages(benchData("emoji-image-text").resolve("google-images-idx4-ubyte.gz"));
    assertThat(images.shape()).isEqualTo(SampleShape.image(3, 32, 32));
    assertThat(images.count()).isEqualTo(1906);
  }

  @Test
  void readPrivate_breastCancer_isTypedByItsFirstRows() throws Exception {
    Path file = benchData("tcga-brca").resolve("brca.csv");
    CsvRows publicRows = CsvRows.read(file, 300);
    TableSchema schema = TableSchema.infer(
        publicRows.header(),
        publicRows.rows(),
        SchemaInference.labelledBy("E")
            .withClasses(List.of("0.0", "1.0"))
            .ignoring(Set.of("pid", "T")));
    PrivateTable table =
        CsvTable.readPrivate(file, schema, PrivateColumns.none().withUnit("pid"));
    assertThat(table.count()).isEqualTo(1096);
    assertThat(schema.shape().size()).isEqualTo(39);
  }

  @Test
  void readPrivate_hundredThousandEncounters_keepPatientsWhole() throws Exception {
    Path file = benchData("diabetes130").resolve("diabetic_data.csv.gz");
    CsvRows publicRows = CsvRows.read(file, 5000);
    TableSchema schema = TableSchema.infer(
        publicRows.header(),
        publicRows.rows(),
        SchemaInference.labelledBy("readmitted")
            .ignoring(Set.of("encounter_id", "patient_nbr", "payer_code")));
    PrivateTable table = CsvTable.readPrivate(
        file, schema, PrivateColumns.none().withUnit("patient_nbr").withSite("payer_code"));
    assertThat(table.count()).isEqualTo(101_766);
    assertThat(new HashSet<>(table.units())).hasSize(71_518);
    Partition partition = Partition.dirichlet(table, 100, 0.5, 1);
    int units = 0;
    for (int node = 0; node < partition.nodes(); node++) {
      units += new HashSet<>(table.subset(partition.rows(node)).units()).size();
    }
    // A unit at two nodes would be counted twice.
    assertThat(units).isEqualTo(71_518);
    assertThat(Partition.bySite(table).nodes()).isEqualTo(new HashSet<>(table.sites()).size());
  }

  private static Path benchData(String name) {
    Path directory = Path.of(System.getProperty("retort.benchData", "absent")).resolve(name);
    assumeTrue(
        Files.isDirectory(directory),
        "bench data " + directory + " is absent; set retort.benchData");
    return directory;
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
