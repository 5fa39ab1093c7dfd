package dev.retort.coordinator.student;

import dev.retort.data.TableSchema;
import dev.retort.learn.ModelFile;
import dev.retort.learn.Network;
import dev.retort.learn.OnnxFile;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files of a distilled student. */
public final class StudentArtifacts {

  /** The model as ONNX. */
  public static final String ONNX = "model.onnx";

  /** The model card for people. */
  public static final String CARD = "model-card.md";

  /** The model card for programs. */
  public static final String CARD_JSON = "model-card.json";

  /** How the row of a table becomes what the student reads; not there for images. */
  public static final String SCHEMA = "schema.json";

  /** The distillation report. */
  public static final String REPORT = "report.json";

  private StudentArtifacts() {}

  /**
   * Writes model.safetensors, architecture.json, model.onnx, schema.json, report.json, model-card.json and model-card.md
   * into {@code directory}, which is made if need be. Each file appears whole or not at all; the card comes last, so
   * that where it stands the rest does too.
   *
   * @param licence the transfer set's terms
   * @param schema of what the student reads, or null for images
   * @param spending what sites spent
   * @param evaluation how the student did, or null if it was not evaluated
   * @param compression how much smaller and faster it is than the teachers
   * @return the card
   */
  public static ModelCard write(
      Path directory,
      StudyPlan plan,
      String licence,
      @Nullable TableSchema schema,
      Spending spending,
      Distillation distillation,
      @Nullable Evaluation evaluation,
      Compression compression)
      throws IOException {
    Files.createDirectories(directory);
    // A card left from an earlier student must not stand beside this one's files.
    Files.deleteIfExists(directory.resolve(CARD));
    Network student = distillation.student();
    new ModelFile(student, plan.labelSpace()).write(directory);
    OnnxFile.write(student, plan.labelSpace(), directory.resolve(ONNX));
    writeWhole(directory.resolve(REPORT), ModelCardText.json(distillation.report()));
    List<String> files =
        new ArrayList<>(List.of(ModelFile.WEIGHTS, ModelFile.DESCRIPTOR, ONNX, REPORT));
    if (schema == null) {
      Files.deleteIfExists(directory.resolve(SCHEMA));
    } else {
      writeWhole(directory.resolve(SCHEMA), ModelCardText.json(schema.toTree()));
      files.add(SCHEMA);
    }
    Map<String, String> digests = new TreeMap<>();
    for (String file : files) {
      digests.put(file, Digest.of(Files.readAllBytes(directory.resolve(file))).hex());
    }
    ModelCard card = new ModelCard(
        plan,
        Digest.of(StudyPlans.canonicalBytes(plan)).hex(),
        licence,
        student.shape().toString(),
        schema,
        student.architecture().parameterCount(student.shape(), student.classes()),
        spending,
        distillation.report(),
        evaluation,
        compression,
        digests);
    writeWhole(directory.resolve(CARD_JSON), card.toJson());
    writeWhole(directory.resolve(CARD), card.toMarkdown());
    return card;
  }

  private static void writeWhole(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
