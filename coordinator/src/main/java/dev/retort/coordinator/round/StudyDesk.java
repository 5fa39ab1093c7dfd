package dev.retort.coordinator.round;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import dev.retort.merkle.Digest;
import dev.retort.plan.StudyFile;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.DigestMismatchException;
import dev.retort.transfer.MalformedManifestException;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.MissingChunkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;

/** Where studies are made: a study file is held against the transfer set, resolved and started. Thread-safe. */
public final class StudyDesk {

  private final StudyRunner runner;
  private final ChunkStore chunks;
  private final Clock clock;
  private final SecureRandom random;

  /** Makes studies for {@code runner} over the transfer sets of {@code chunks}. */
  public StudyDesk(StudyRunner runner, ChunkStore chunks, Clock clock, SecureRandom random) {
    this.runner = runner;
    this.chunks = chunks;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Reads, resolves and starts a study.
   *
   * @param yaml the study file's text
   * @throws InvalidConfigException naming the key, the rule and the value; nothing was started
   * @throws IOException if the transfer set's store cannot be read
   * @throws LogUnavailableException if the journal cannot be written; nothing was started
   */
  public Study create(String yaml)
      throws InvalidConfigException, IOException, LogUnavailableException {
    StudyFile file = StudyPlans.readFile("study file", yaml, List.of());
    Manifest manifest = manifest(file.plan());
    StudyPlan plan = resolve(file.plan(), manifest);
    byte[] canonical = StudyPlans.canonicalBytes(plan);
    byte[] suffix = new byte[4];
    random.nextBytes(suffix);
    Study study = new Study(
        plan.study() + "-" + HexFormat.of().formatHex(suffix),
        plan,
        new String(canonical, StandardCharsets.UTF_8),
        Digest.of(canonical),
        file.evaluation(),
        clock.instant(),
        new StudyState.Collecting());
    runner.create(study);
    return study;
  }

  /**
   * Fills in what a study file leaves to the transfer set and to epsilon.
   *
   * @throws InvalidConfigException if the plan does not fit the transfer set, or no noise fits epsilon
   */
  public static StudyPlan resolve(StudyPlan plan, Manifest manifest) throws InvalidConfigException {
    try {
      StudyPlans.checkShape(plan, manifest.schema(), manifest.shape());
    } catch (InvalidConfigException e) {
      throw new InvalidConfigException("study file: " + e.getMessage());
    }
    if (!manifest.classes().isEmpty() && !manifest.classes().equals(plan.task().classes())) {
      throw new InvalidConfigException(
          "study file: task.classes must be those of the transfer set: " + manifest.classes());
    }
    return StudyNoise.resolve(plan, manifest.samples(), manifest.shape());
  }

  private Manifest manifest(StudyPlan plan) throws InvalidConfigException, IOException {
    Digest digest = plan.transferSetRef().manifest();
    try {
      Manifest manifest = Manifest.parse(chunks.readManifest(digest).manifest());
      if (!chunks.missing(manifest).isEmpty()) {
        throw new InvalidConfigException("study file: transferSet " + plan.transferSet()
            + " lacks chunks here; import it again");
      }
      return manifest;
    } catch (MissingChunkException e) {
      throw new InvalidConfigException(
          "study file: transferSet must be imported here first (retort transfer import): "
              + plan.transferSet());
    } catch (DigestMismatchException | MalformedManifestException e) {
      throw new IOException("the stored manifest is damaged", e);
    }
  }
}
