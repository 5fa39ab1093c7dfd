package dev.retort.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("bench-data")
final class RealTransferSetTest {

  @TempDir
  Path directory;

  @Test
  void load_mnist_isVerifiedAndWhole() throws Exception {
    Path mnist = Path.of(System.getProperty("retort.benchData", "absent")).resolve("mnist");
    assumeTrue(
        Files.isDirectory(mnist), "bench data " + mnist + " is absent; set retort.benchData");
    ChunkStore store = ChunkStore.open(directory);
    Manifest manifest = TransferImport.all("mnist", "CC BY-SA 3.0")
        .images(mnist.resolve("train-images-idx3-ubyte.gz"), store);
    assertThat(manifest.chunks()).hasSize(180);
    assertThat(manifest.canonicalBytes()).hasSizeLessThan(16_384);
    assertThat(TransferSet.load(manifest, store).samples().count()).isEqualTo(60_000);
  }
}
