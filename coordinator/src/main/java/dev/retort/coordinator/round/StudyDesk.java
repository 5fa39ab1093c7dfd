package dev.retort.coordinator.round;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.merkle.Digest;
import dev.retort.plan.MechanismKind;
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
import java.util.Locale;

/** Where studies are made: a study file is held against the transfer set, resolved and started. Thread-safe. */
public final class StudyDesk {

  private final StudyRunner runner;
  private final StudyStore store;
  private final ChunkStore chunks;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * Makes studies for {@code runner} over the transfer sets of {@code chunks}.
   *
   * @param store where the runner keeps them
   */
  public StudyDesk(
      StudyRunner runner, StudyStore store, ChunkStore chunks, Clock clock, SecureRandom random) {
    this.runner = runner;
    this.store = store;
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
    requireEarlier(plan);
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

  /** Holds {@code student.after} against the study it names. */
  private void requireEarlier(StudyPlan plan) throws InvalidConfigException {
    if (!plan.comesAfterAnother()) {
      return;
    }
    String id = plan.student().after();
    Study earlier = store
        .find(id)
        .orElseThrow(() -> new InvalidConfigException(
            "study file: student.after must be the id of a study here (retort study status): "
                + id));
    requireFollows(plan, earlier.plan(), id);
    require(
        earlier.state() instanceof StudyState.Finished,
        "must have finished; wait for it, or leave the key out",
        id);
  }

  /**
   * Holds a plan against that of the study that it comes after.
   *
   * @param id what the earlier study is called in the message
   * @throws InvalidConfigException if the one cannot use what the other told
   */
  public static void requireFollows(StudyPlan plan, StudyPlan earlier, String id)
      throws InvalidConfigException {
    require(
        earlier.privacy().mechanism() == MechanismKind.CLASS_SUMS,
        "must be a study of privacy.mechanism: class-sums",
        id);
    require(
        earlier.transferSetRef().manifest().equals(plan.transferSetRef().manifest()),
        "must be over the same transferSet, and that one is over " + earlier.transferSet(),
        id);
    require(
        earlier.task().equals(plan.task()),
        "must have the same task.classes, and that one has " + earlier.task().classes(),
        id);
    // Else no one epsilon would speak of both.
    require(
        earlier.privacy().unit().equals(plan.privacy().unit())
            && earlier.privacy().aggregation() == plan.privacy().aggregation(),
        "must have the same privacy.unit and privacy.aggregation, and that one has "
            + earlier.privacy().unit() + " and "
            + earlier.privacy().aggregation().name().toLowerCase(Locale.ROOT),
        id);
  }

  private static void require(boolean holds, String rule, String id) throws InvalidConfigException {
    if (!holds) {
      throw new InvalidConfigException("study file: student.after " + rule + ": " + id);
    }
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
