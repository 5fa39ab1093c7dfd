package dev.retort.coordinator;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.aggregate.AggregatedLabels;
import dev.retort.coordinator.aggregate.ContributionKey;
import dev.retort.coordinator.aggregate.FoldOutcome;
import dev.retort.coordinator.aggregate.LabelAggregator;
import dev.retort.coordinator.round.RoundPlanner;
import dev.retort.coordinator.round.StudyDistillation;
import dev.retort.coordinator.student.AskedRounds;
import dev.retort.coordinator.student.ClassSumStudy;
import dev.retort.coordinator.student.Compression;
import dev.retort.coordinator.student.Distillation;
import dev.retort.coordinator.student.Distiller;
import dev.retort.coordinator.student.EarlierSpending;
import dev.retort.coordinator.student.Evaluation;
import dev.retort.coordinator.student.ModelCard;
import dev.retort.coordinator.student.PublicSamples;
import dev.retort.coordinator.student.SiteSpending;
import dev.retort.coordinator.student.Spending;
import dev.retort.coordinator.student.StudentArtifacts;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.coordinator.study.SumStore;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.data.CsvTable;
import dev.retort.data.IdxFile;
import dev.retort.data.LabelledSamples;
import dev.retort.data.MalformedIdxException;
import dev.retort.data.MalformedTableException;
import dev.retort.data.PrivateColumns;
import dev.retort.data.TableSchema;
import dev.retort.encode.PublicSpaces;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.label.LabelGrid;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.learn.UnsuitableArchitectureException;
import dev.retort.plan.EvaluationSource;
import dev.retort.plan.MalformedRoundInputException;
import dev.retort.plan.RoundInput;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyViews;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.DigestMismatchException;
import dev.retort.transfer.MalformedManifestException;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.MissingChunkException;
import dev.retort.transfer.TransferSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a student from a study's stored labels: folds them, distils, scores, and writes the artefacts. What was added up
 * is in the journal before anything is made of it.
 */
final class StudentWorkshop implements StudyDistillation, RoundPlanner {

  private final StudyStore store;
  private final SumStore sums;
  private final StudyJournal journal;
  private final ChunkStore chunks;
  private final Path studies;
  private final LearnEngine engine;
  private final ComputeDevice device;
  private final InstantSource clock;
  private final PublicSpaces spaces = new PublicSpaces();

  StudentWorkshop(
      StudyStore store,
      SumStore sums,
      StudyJournal journal,
      ChunkStore chunks,
      Path studies,
      LearnEngine engine,
      ComputeDevice device,
      InstantSource clock) {
    this.store = store;
    this.sums = sums;
    this.journal = journal;
    this.chunks = chunks;
    this.studies = studies;
    this.engine = engine;
    this.device = device;
    this.clock = clock;
  }

  @Override
  public void distil(Study study, Progress progress) throws DistillationFailedException {
    StudyPlan plan = study.plan();
    try {
      TransferSet transfer = load(plan);
      Contributions contributions = fold(study);
      AggregatedLabels labels = contributions.aggregator().result();
      journal.aggregated(study, contributions.places(), labels.digest());
      StudyViews views = StudyViews.of(plan, transfer.manifest().schema());
      PublicSamples samples = PublicSamples.of(transfer.samples(), views);
      @Nullable Earlier earlier = earlier(plan, transfer);
      Distillation distillation = new Distiller(engine, device, spaces)
          .distil(
              labels,
              asked(study, transfer.manifest()),
              earlier == null ? null : earlier.told(),
              samples,
              plan,
              progress::epoch);
      @Nullable Evaluation evaluation = evaluate(study, views.student().schema(), distillation);
      ModelCard card = StudentArtifacts.write(
          studies.resolve(study.id()),
          plan,
          transfer.manifest().licence(),
          views.student().schema(),
          new Spending(contributions.spending(), earlier == null ? null : earlier.spending()),
          distillation,
          evaluation,
          Compression.measure(
              engine,
              distillation.student(),
              plan,
              contributions.spending().size(),
              samples,
              clock));
      journal.distilled(study, card.weights());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DistillationFailedException("the coordinator was stopped", e);
    } catch (InvalidConfigException
        | MissingChunkException
        | DigestMismatchException
        | MalformedManifestException
        | UnknownArchitectureException
        | UnsuitableArchitectureException
        | MalformedIdxException
        | MalformedTableException
        | MalformedRoundInputException
        | LogUnavailableException
        | IOException e) {
      throw new DistillationFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public RoundInput plan(Study study, int round) throws DistillationFailedException {
    try {
      TransferSet transfer = load(study.plan());
      return AskedRounds.next(
          study.plan(),
          fold(study).aggregator().result(),
          asked(study, transfer.manifest()),
          PublicSamples.of(
              transfer.samples(),
              StudyViews.of(study.plan(), transfer.manifest().schema())),
          spaces);
    } catch (MissingChunkException
        | DigestMismatchException
        | MalformedManifestException
        | MalformedRoundInputException
        | InvalidConfigException
        | IOException e) {
      throw new DistillationFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private record Earlier(ClassSumStudy told, EarlierSpending spending) {}

  /** The study that {@code student.after} names; null if none is named. */
  private @Nullable Earlier earlier(StudyPlan plan, TransferSet transfer)
      throws MalformedRoundInputException, InvalidConfigException {
    if (!plan.comesAfterAnother()) {
      return null;
    }
    Study study = store
        .find(plan.student().after())
        .orElseThrow(() -> new IllegalStateException("studies are never deleted"));
    Contributions contributions = fold(study);
    return new Earlier(
        new ClassSumStudy(
            study.plan(),
            contributions.aggregator().result(),
            asked(study, transfer.manifest()),
            StudyViews.of(study.plan(), transfer.manifest().schema())
                .teachers()
                .of(transfer.samples())),
        new EarlierSpending(study.id(), study.plan(), contributions.spending()));
  }

  private TransferSet load(StudyPlan plan)
      throws IOException, MissingChunkException, DigestMismatchException,
          MalformedManifestException {
    return TransferSet.load(
        Manifest.parse(chunks.readManifest(plan.transferSetRef().manifest()).manifest()), chunks);
  }

  private List<RoundInput> asked(Study study, Manifest manifest)
      throws MalformedRoundInputException {
    List<RoundInput> asked = new ArrayList<>();
    for (OpenedRound opened : store.rounds(study.id())) {
      asked.add(RoundInput.parse(
          study.plan(), opened.round(), manifest.samples(), opened.input().bytes()));
    }
    return asked;
  }

  private record Contributions(
      LabelAggregator aggregator, List<Place> places, List<SiteSpending> spending) {}

  private Contributions fold(Study study) {
    StudyPlan plan = study.plan();
    LabelGrid grid = StudyNoise.labelUnits(plan);
    int sigma = plan.privacy().sigma();
    Mechanism mechanism = StudyNoise.mechanism(plan);
    LabelAggregator aggregator = new LabelAggregator(plan.queries().limit(), mechanism.width());
    List<Place> places = new ArrayList<>();
    Map<String, Answered> answered = new TreeMap<>();
    store.forEachBlock(study.id(), stored -> {
      FoldOutcome outcome = aggregator.fold(
          new ContributionKey(stored.nodeId(), stored.block().firstSample()),
          stored.block(),
          plan.rowsPerNode(),
          grid,
          sigma);
      if (!(outcome instanceof FoldOutcome.Folded)) {
        throw new IllegalStateException("the store holds overlapping blocks: " + outcome);
      }
      places.add(StudyJournal.place(stored));
      int count = stored.block().count();
      answered.merge(stored.nodeId(), new Answered(count, mechanism.cost(count)), Answered::plus);
    });
    for (SummedBlock summed : sums.sums(study.id())) {
      aggregator.foldSum(
          summed.range().first(),
          summed.sums(),
          Math.multiplyExact(summed.nodes().size(), plan.rowsPerNode()),
          grid,
          summed.variance());
      int count = summed.range().count();
      for (String node : summed.nodes()) {
        places.add(new Place(node, 0, summed.range().first(), count));
        answered.merge(node, new Answered(count, mechanism.cost(count)), Answered::plus);
      }
    }
    List<SiteSpending> spending = new ArrayList<>();
    answered.forEach((node, all) -> spending.add(new SiteSpending(
        node,
        plan.rowsPerNode(),
        sigma,
        all.queries(),
        all.cost().picoRho(),
        Conversion.epsilon(all.cost(), plan.privacy().delta()))));
    return new Contributions(aggregator, places, spending);
  }

  private record Answered(int queries, Zcdp cost) {
    Answered plus(Answered other) {
      return new Answered(queries + other.queries, cost.plus(other.cost));
    }
  }

  private @Nullable Evaluation evaluate(
      Study study, @Nullable TableSchema schema, Distillation distillation)
      throws IOException, MalformedIdxException, MalformedTableException {
    EvaluationSource source = study.evaluation();
    if (source == null) {
      return null;
    }
    LabelledSamples records = records(source, schema, study.plan().labelSpace().size());
    try (NetworkScorer scorer = NetworkScorer.open(engine, device, distillation.student())) {
      return new Evaluation(source.name(), records.count(), scorer.accuracy(records));
    }
  }

  /** The records as the student reads them; columns of other views need not be there. */
  private static LabelledSamples records(
      EvaluationSource source, @Nullable TableSchema schema, int classes)
      throws IOException, MalformedIdxException, MalformedTableException {
    if (source.images() != null && source.labels() != null) {
      return IdxFile.read(Path.of(source.images()), Path.of(source.labels()), classes);
    }
    if (source.table() == null || schema == null) {
      throw new IOException("evaluation.table needs a transfer set that was imported from a table");
    }
    return CsvTable.readPrivate(Path.of(source.table()), schema, PrivateColumns.none())
        .records();
  }
}
