package dev.retort.node.session;

import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
import dev.retort.encode.ClassSumSpace;
import dev.retort.encode.PublicSpaces;
import dev.retort.label.LabelGrid;
import dev.retort.learn.Architecture;
import dev.retort.learn.HiddenProjection;
import dev.retort.learn.Network;
import dev.retort.learn.Progress;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.TrainingSettings;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.merkle.Digest;
import dev.retort.node.shard.ShardAssignment;
import dev.retort.node.shard.UnitSelection;
import dev.retort.node.shard.UnsuitableRecordsException;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.node.teacher.AnswerTableFile;
import dev.retort.node.teacher.ClassSums;
import dev.retort.node.teacher.CorruptAnswerTableException;
import dev.retort.node.teacher.TeacherHints;
import dev.retort.node.teacher.TeacherInput;
import dev.retort.node.teacher.TeacherVotes;
import dev.retort.plan.MalformedRoundInputException;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's exact answers to studies: computed from its records once a round, and kept on its disk. Not safe for use by several
 * threads at once.
 */
final class StudyAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(StudyAnswers.class);

  private final Site site;
  private final String nodeId;
  private final Coordinator coordinator;
  private final TransferFetch fetch;

  StudyAnswers(Site site, String nodeId, Coordinator coordinator, TransferFetch fetch) {
    this.site = site;
    this.nodeId = nodeId;
    this.coordinator = coordinator;
    this.fetch = fetch;
  }

  /** Works out, or finds on the disk, all that can be before any round is opened. */
  void prepare(JoinedStudy study)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    AnswerTableFile file =
        study.hasInput(0) ? study.answers().all() : study.answers().open();
    if (read(study, file).isPresent()) {
      LOG.info("study {}: the answers are from an earlier run", study.id());
      return;
    }
    Samples transfer = transfer(study);
    PrivateTable records = recordsAgain(study);
    file.write(
        switch (study.plan().privacy().mechanism()) {
          case DISCRETE_GAUSSIAN ->
            votes(
                study,
                records,
                transfer,
                study.hasInput(0) ? transfer.count() : study.plan().queries().limit());
          case CLASS_SUMS -> classSums(study, records, transfer);
        });
  }

  /**
   * Opens a round and works out, or finds on the disk, the answers to it.
   *
   * @param input what the round asks, as it came
   */
  void open(JoinedStudy study, int round, byte[] input)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    RoundInput asked;
    try {
      asked = RoundInput.parse(study.plan(), round, study.manifest().samples(), input);
    } catch (MalformedRoundInputException e) {
      throw new StudyImpossibleException(String.valueOf(e.getMessage()), e);
    }
    AnswerTableFile file = study.answers().open(round, input);
    if (read(study, file).isPresent()) {
      return;
    }
    if (asked instanceof RoundInput.Selection selection) {
      file.write(all(study).select(study.mechanism(), selection.samples()));
    } else if (asked instanceof RoundInput.Classifier classifier) {
      file.write(residuals(study, recordsAgain(study), transfer(study), classifier));
    }
  }

  /** The answers to a round that is open. */
  AnswerTable of(JoinedStudy study, int round) throws CoordinatorLostException, IOException {
    Optional<AnswerTableFile> file = study.answers().of(round);
    Optional<AnswerTable> table = file.isEmpty() ? Optional.empty() : read(study, file.get());
    return table.orElseThrow(() -> lost(study, round));
  }

  private Samples transfer(JoinedStudy study)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    return study.view().of(fetch.samples(coordinator, study.manifest()).samples());
  }

  private AnswerTable all(JoinedStudy study) throws CoordinatorLostException, IOException {
    return read(study, study.answers().all()).orElseThrow(() -> lost(study, 0));
  }

  private static CoordinatorLostException lost(JoinedStudy study, int round) {
    return new CoordinatorLostException(
        "study " + study.id() + ": the coordinator must repeat its orders",
        new IllegalStateException("the answers to round " + round + " are gone"));
  }

  private static Optional<AnswerTable> read(JoinedStudy study, AnswerTableFile file)
      throws IOException {
    if (!file.exists()) {
      return Optional.empty();
    }
    try {
      return Optional.of(file.read(study.mechanism(), study.rows()));
    } catch (CorruptAnswerTableException e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  private AnswerTable classSums(JoinedStudy study, PrivateTable records, Samples transfer)
      throws InterruptedException {
    LOG.info("study {}: adding up records by class", study.id());
    return ClassSums.of(
        records, selection(study, records), space(study, transfer), study.mechanism());
  }

  private AnswerTable residuals(
      JoinedStudy study, PrivateTable records, Samples transfer, RoundInput.Classifier classifier)
      throws InterruptedException {
    LOG.info("study {}: adding up what the classifier leaves of the records", study.id());
    return ClassSums.residuals(
        records,
        selection(study, records),
        space(study, transfer),
        classifier.weights(),
        study.mechanism());
  }

  private UnitSelection selection(JoinedStudy study, PrivateTable records) {
    return UnitSelection.of(
        site.shardKey(), records.units(), study.plan().classSums().units());
  }

  private ClassSumSpace space(JoinedStudy study, Samples transfer) {
    return site.spaces()
        .classSums(publicView(study), transfer, study.plan().classSums().features());
  }

  private AnswerTable votes(JoinedStudy study, PrivateTable records, Samples transfer, int samples)
      throws StudyImpossibleException, InterruptedException {
    StudyPlan.Teachers wanted = study.plan().teachers();
    LOG.info("study {}: training {} teachers", study.id(), wanted.perNode());
    ShardAssignment shards = ShardAssignment.of(site.shardKey(), records.units(), wanted.perNode());
    TeacherInput input = wanted.features() == 0
        ? TeacherInput.whole()
        : TeacherInput.through(
            site.spaces().encoder(publicView(study), transfer, wanted.features()));
    Architecture architecture = architecture(wanted.architecture());
    TrainingSettings settings = new TrainingSettings(
        wanted.epochs(),
        wanted.batchSize(),
        wanted.learningRate(),
        seed("teacher-seed", nodeId, study.plan().seed()));
    Progress progress =
        new ProgressReports(coordinator, study.id(), wanted.perNode(), site.clock());
    if (study.plan().asksForHints()) {
      return hintedVotes(
          study, records, shards, input, input.of(transfer), samples, settings, progress);
    }
    TrainedEnsemble ensemble = new TeacherVotes(site.engine(), study.device())
        .train(architecture, input.of(records.records()), shards, settings, progress);
    AnswerTable table = TeacherVotes.count(
        ensemble, new LabelGrid(study.plan().privacy().labelGrid()), input.of(transfer), samples);
    site.tap().trained(study.id(), ensemble, input, table);
    return table;
  }

  private AnswerTable hintedVotes(
      JoinedStudy study,
      PrivateTable records,
      ShardAssignment shards,
      TeacherInput input,
      Samples asked,
      int samples,
      TrainingSettings settings,
      Progress progress)
      throws StudyImpossibleException, InterruptedException {
    StudyPlan plan = study.plan();
    // The same at every site, as hidden units must be to be added up.
    Network initial = Network.untrained(
        architecture(plan.teachers().architecture()),
        asked.shape(),
        plan.labelSpace().size(),
        seed("shared-start", "", plan.seed()));
    int width = initial
        .architecture()
        .hiddenWidth()
        .orElseThrow(
            () -> new StudyImpossibleException("teachers.architecture has no hidden layer"));
    TeacherHints hints = TeacherHints.of(
        site.engine(),
        study.device(),
        initial,
        HiddenProjection.draw(
            width, plan.hints().dimensions(), seed("hint-projection", "", plan.seed())),
        StudyPlan.Hints.NORM,
        asked,
        samples);
    TrainedEnsemble ensemble = new TeacherVotes(site.engine(), study.device())
        .trainFrom(initial, input.of(records.records()), shards, settings, progress);
    AnswerTable table =
        TeacherVotes.countWithHints(ensemble, StudyNoise.hintsAlone(plan), hints, asked, samples);
    site.tap().trained(study.id(), ensemble, input, table);
    return table;
  }

  private static PublicSpaces.View publicView(JoinedStudy study) {
    return new PublicSpaces.View(
        study.plan().transferSetRef().manifest(), study.plan().teachers().view());
  }

  private PrivateTable recordsAgain(JoinedStudy study) throws StudyImpossibleException {
    try {
      return site.records()
          .read(study.manifest(), study.view(), study.plan().labelSpace().size());
    } catch (UnsuitableRecordsException e) {
      LOG.warn("the site's records can no longer be read: {}", e.getMessage());
      throw new StudyImpossibleException(e.publicMessage(), e);
    }
  }

  private static Architecture architecture(String name) throws StudyImpossibleException {
    try {
      return Architecture.parse(name);
    } catch (UnknownArchitectureException e) {
      throw new StudyImpossibleException(String.valueOf(e.getMessage()), e);
    }
  }

  // Nodes that began from the same weights would err alike; the node's public name tells them
  // apart, unless hidden units are to be added up over nodes.
  private static long seed(String what, String name, long planSeed) {
    byte[] named =
        ("retort/" + what + "/1\n" + planSeed + "\n" + name).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(Digest.of(named).bytes()).getLong();
  }
}
