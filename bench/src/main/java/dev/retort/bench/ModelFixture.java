package dev.retort.bench;

import dev.retort.data.LabelledSamples;
import dev.retort.label.LabelSpace;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.learn.Network;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.NetworkTraining;
import dev.retort.learn.OnnxFile;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainingSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes, for each architecture, a trained network as safetensors and ONNX, and the logits that it gives for some
 * images, for {@code python/check_model_files.py} to compare with.
 */
public final class ModelFixture {

  private static final int IMAGES = 64;

  private ModelFixture() {}

  /**
   * Writes one directory an architecture.
   *
   * @param args the directory to write to
   */
  public static void main(String[] args) throws Exception {
    LearnEngine engine = LearnEngine.start();
    ComputeDevice device = ComputeDevice.cpu();
    LabelledSamples data = SyntheticImages.labelled(640);
    LabelSpace labels = new LabelSpace(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    for (String name : List.of("linear", "mlp-128", "mlp-64-32", "cnn-small")) {
      Path directory = Files.createDirectories(Path.of(args[0]).resolve(name));
      Network network = new NetworkTraining(engine, device)
          .supervised(
              Architecture.parse(name),
              data,
              new TrainingSettings(3, 32, 1e-3, 1),
              Progress.silent());
      new ModelFile(network, labels).write(directory);
      OnnxFile.write(network, labels, directory.resolve("model.onnx"));
      float[] images = new float[IMAGES * SyntheticImages.SHAPE.size()];
      int[] rows = new int[IMAGES];
      for (int i = 0; i < IMAGES; i++) {
        rows[i] = i;
      }
      data.samples().gather(rows, 0, IMAGES, FloatBuffer.wrap(images));
      try (NetworkScorer scorer = NetworkScorer.open(engine, device, network)) {
        write(directory.resolve("images.f32"), images);
        write(directory.resolve("logits.f32"), scorer.logits(data.samples(), 0, IMAGES));
      }
    }
  }

  private static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
