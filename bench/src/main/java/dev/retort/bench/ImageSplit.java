package dev.retort.bench;

import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import java.nio.file.Path;

/**
 * Images as PATE splits them: the private records are the training split, the public samples the first 9,000 of the test
 * split, and the last 1,000 score the student.
 *
 * @param train the private records
 * @param transfer the public samples, with the labels that nobody uses but to report
 * @param evaluation what scores the student
 */
record ImageSplit(LabelledSamples train, LabelledSamples transfer, LabelledSamples evaluation) {

  static final int PUBLIC = 9000;
  static final int CLASSES = 10;

  /** Reads a directory of IDX files. */
  static ImageSplit read(Path directory) throws Exception {
    LabelledSamples test = part(directory, "t10k");
    return new ImageSplit(
        part(directory, "train"), test.slice(0, PUBLIC), test.slice(PUBLIC, test.count() - PUBLIC));
  }

  private static LabelledSamples part(Path directory, String part) throws Exception {
    return IdxFile.read(
        directory.resolve(part + "-images-idx3-ubyte.gz"),
        directory.resolve(part + "-labels-idx1-ubyte.gz"),
        CLASSES);
  }
}
