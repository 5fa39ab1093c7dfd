package dev.retort.node.session;

import dev.retort.data.PrivateTable;
import dev.retort.data.Samples;
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
import dev.retort.node.teacher.ClassSums;
import dev.retort.node.teacher.CorruptAnswerTableException;
import dev.retort.node.teacher.TeacherHints;
import dev.retort.node.teacher.TeacherInput;
import dev.retort.node.teacher.TeacherVotes;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.transfer.TransferSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's exact answers to studies: computed from its records once, and kept on its disk. Not safe for use by several
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

  /** The answers of a study: those saved, else those computed now. */
  AnswerTable of(JoinedStudy study)
      throws StudyImpossibleException, CoordinatorLostException, IOException, InterruptedException {
    if (study.answers().exists()) {
      try {
        return study.answers().read(study.mechanism(), study.rows());
      } catch (CorruptAnswerTableException e) {
        LOG.warn("{}", e.getMessage());
      }
    }
    TransferSet transfer = fetch.samples(coordinator, study.manifest());
    PrivateTable records = recordsAgain(study);
    AnswerTable table = switch (study.plan().privacy().mechanism()) {
      case DISCRETE_GAUSSIAN -> votes(study, records, transfer.samples());
      case CLASS_SUMS -> classSums(study, records, transfer.samples());
    };
    study.answers().write(table);
    return table;
  }

  private AnswerTable classSums(JoinedStudy study, PrivateTable records, Samples transfer)
      throws InterruptedException {
    StudyPlan.ClassSums wanted = study.plan().classSums();
    LOG.info("study {}: adding up records by class", study.id());
    return ClassSums.of(
        records,
        UnitSelection.of(site.shardKey(), records.units(), wanted.units()),
        site.spaces()
            .classSums(study.plan().transferSetRef().manifest(), transfer, wanted.features()),
        study.mechanism());
  }

  private AnswerTable votes(JoinedStudy study, PrivateTable records, Samples transfer)
      throws StudyImpossibleException, InterruptedException {
    StudyPlan.Teachers wanted = study.plan().teachers();
    LOG.info("study {}: training {} teachers", study.id(), wanted.perNode());
    ShardAssignment shards = ShardAssignment.of(site.shardKey(), records.units(), wanted.perNode());
    TeacherInput input = site.spaces()
        .teacherInput(study.plan().transferSetRef().manifest(), transfer, wanted.features());
    Architecture architecture = architecture(wanted.architecture());
    TrainingSettings settings = new TrainingSettings(
        wanted.epochs(),
        wanted.batchSize(),
        wanted.learningRate(),
        seed("teacher-seed", nodeId, study.plan().seed()));
    Progress progress =
        new ProgressReports(coordinator, study.id(), wanted.perNode(), site.clock());
    if (study.plan().asksForHints()) {
      return hintedVotes(study, records, shards, input, input.of(transfer), settings, progress);
    }
    TrainedEnsemble ensemble = new TeacherVotes(site.engine(), study.device())
        .train(architecture, input.of(records.records()), shards, settings, progress);
    AnswerTable table = TeacherVotes.count(
        ensemble,
        new LabelGrid(study.plan().privacy().labelGrid()),
        input.of(transfer),
        study.plan().queries().limit());
    site.tap().trained(study.id(), ensemble, input, table);
    return table;
  }

  private AnswerTable hintedVotes(
      JoinedStudy study,
      PrivateTable records,
      ShardAssignment shards,
      TeacherInput input,
      Samples asked,
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
        plan.queries().limit());
    TrainedEnsemble ensemble = new TeacherVotes(site.engine(), study.device())
        .trainFrom(initial, input.of(records.records()), shards, settings, progress);
    AnswerTable table = TeacherVotes.countWithHints(
        ensemble, StudyNoise.hintsAlone(plan), hints, asked, plan.queries().limit());
    site.tap().trained(study.id(), ensemble, input, table);
    return table;
  }

  private PrivateTable recordsAgain(JoinedStudy study) throws StudyImpossibleException {
    try {
      return site.records().read(study.manifest(), study.plan().labelSpace().size());
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
