package dev.retort.node.session;

import dev.retort.config.InvalidConfigException;
import dev.retort.data.PrivateTable;
import dev.retort.data.SampleShape;
import dev.retort.data.SampleView;
import dev.retort.data.TableSchema;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.DeviceUnavailableException;
import dev.retort.learn.UnknownDeviceException;
import dev.retort.ledger.ChargeOutcome;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Limit;
import dev.retort.ledger.Party;
import dev.retort.ledger.Query;
import dev.retort.ledger.ReleaseProof;
import dev.retort.merkle.Digest;
import dev.retort.node.policy.PolicyDecision;
import dev.retort.node.release.ReleaseOutcome;
import dev.retort.node.release.ReleaseRequest;
import dev.retort.node.session.Coordinator.Receipt;
import dev.retort.node.session.Coordinator.Submission;
import dev.retort.node.shard.RecordsCommitment;
import dev.retort.node.shard.UnsuitableRecordsException;
import dev.retort.node.teacher.AnswerFiles;
import dev.retort.node.teacher.AnswerTable;
import dev.retort.plan.MechanismKind;
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyViews;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SampleRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a coordinator's orders, one at a time. An order may come again at any time, after a broken stream or a restart:
 * it then has the same answer, at no further charge. Not safe for use by several threads at once.
 */
final class SiteStudies {

  private static final Logger LOG = LoggerFactory.getLogger(SiteStudies.class);
  private static final String SHARD_RULE = "prf-mod-teachers/1";
  private static final String UNIT_RULE = "prf-smallest-units/1";

  /** Other nodes that are asked to be witnesses, after a study's answers have left. */
  private static final int MOST_PEERS = 3;

  private final Site site;
  private final Party party;
  private final Coordinator coordinator;
  private final WitnessedLedger witnessed;
  private final SumDesk sums;
  private final StepGuard guard;
  private final TransferFetch fetch;
  private final StudyAnswers answers;
  private final Map<String, JoinedStudy> joined = new HashMap<>();
  // Studies that have met the end of a budget or quota: a later, smaller block that still fits
  // would be
  // paid for and of no use.
  private final Map<String, Limit> overLimit = new HashMap<>();
  private volatile boolean unshown;

  /** Studies at a site, whose secure sums are left to {@code sums}. */
  SiteStudies(
      Site site, Uplink uplink, Coordinator coordinator, WitnessedLedger witnessed, SumDesk sums) {
    this.site = site;
    this.party = uplink.party();
    this.coordinator = coordinator;
    this.witnessed = witnessed;
    this.sums = sums;
    this.guard = new StepGuard(coordinator);
    this.fetch = new TransferFetch(site.transfer(), uplink.coordinatorKey().bytes());
    this.answers = new StudyAnswers(site, uplink.node().id().value(), coordinator, fetch);
  }

  /**
   * Serves one order.
   *
   * @throws CoordinatorLostException if the coordinator must be dialled again
   * @throws RolledBackException if a witness knows more of the ledger than the ledger itself; the node is halted
   * @throws InterruptedException if the session or the study is closed meanwhile
   */
  void serve(Order.OfStudy order)
      throws CoordinatorLostException, RolledBackException, InterruptedException {
    if (order instanceof Order.Offer offer) {
      guarded(offer.studyId(), () -> consider(offer));
    } else if (order instanceof Order.Round round) {
      guarded(round.studyId(), () -> open(round));
    } else if (order instanceof Order.Labels request) {
      guarded(request.studyId(), () -> answer(request));
    } else if (order instanceof Order.Close close) {
      guarded(close.studyId(), () -> forget(close.studyId()));
    }
  }

  private void guarded(String studyId, StepGuard.Step step)
      throws CoordinatorLostException, RolledBackException, InterruptedException {
    if (!guard.run(studyId, step)) {
      joined.remove(studyId);
      sums.forget(studyId);
    }
  }

  private void consider(Order.Offer offer)
      throws StudyImpossibleException, CoordinatorLostException, LogUnavailableException,
          IOException, InterruptedException {
    Digest digest = Digest.of(offer.plan().getBytes(StandardCharsets.UTF_8));
    JoinedStudy study = joined.get(offer.studyId());
    if (study != null && !study.digest().equals(digest)) {
      throw new StudyImpossibleException("a study's plan must not change: " + offer.studyId());
    }
    if (study == null) {
      try {
        study = join(offer, digest);
      } catch (OfferDeclinedException e) {
        LOG.info("study {} is declined: {}", offer.studyId(), e.getMessage());
        coordinator.tell(
            new Report.Declined(offer.studyId(), e.reason(), String.valueOf(e.getMessage())));
        return;
      }
    }
    coordinator.tell(new Report.Accepted(study.id(), study.plan().teachersPerNode()));
    answers.prepare(study);
    joined.put(study.id(), study);
    foresee(study, List.of());
    if (study.mechanism().hidesAnswers()) {
      sums.admit(study, dataset(study.answers().records(), study.plan()));
    }
    if (!study.hasInput(0)) {
      LOG.info("study {}: the answers are ready", study.id());
      coordinator.tell(new Report.TeachersReady(study.id(), 0));
    }
  }

  private void open(Order.Round order)
      throws StudyImpossibleException, CoordinatorLostException, LogUnavailableException,
          IOException, InterruptedException {
    JoinedStudy study = joined.get(order.studyId());
    if (study == null) {
      LOG.warn("study {}: a round is opened and the study was not offered", order.studyId());
      return;
    }
    byte[] input = order.input().bytes();
    if (!study.answers().isRemembered(order.round(), input)) {
      requireUnreleased(study, order.round());
      study.answers().remember(order.round(), input);
    }
    answers.open(study, order.round(), input);
    LOG.info("study {}: the answers to round {} are ready", study.id(), order.round() + 1);
    coordinator.tell(new Report.TeachersReady(study.id(), order.round()));
  }

  /** What was released would be replayed, and taken for the answer to what is asked now. */
  private void requireUnreleased(JoinedStudy study, int round)
      throws StudyImpossibleException, LogUnavailableException {
    for (SampleRange block : study.blocks(round)) {
      if (isReleased(study, block)) {
        throw new StudyImpossibleException(
            "the site answered round " + (round + 1)
                + " of this plan when it asked something else; ask under another seed, at a new charge");
      }
    }
  }

  private JoinedStudy join(Order.Offer offer, Digest digest)
      throws OfferDeclinedException, StudyImpossibleException, CoordinatorLostException,
          LogUnavailableException, IOException, InterruptedException {
    StudyPlan plan = plan(offer.plan());
    if (site.policy().decide(plan, digest) instanceof PolicyDecision.Declined declined) {
      throw new OfferDeclinedException(
          switch (declined.reason()) {
            case NOT_APPROVED -> Report.Declined.Reason.NOT_APPROVED;
            case STRICTER -> Report.Declined.Reason.POLICY;
          },
          declined.message());
    }
    ComputeDevice device = device(plan);
    Manifest manifest = fetch.manifest(coordinator, plan.transferSetRef());
    SampleView view = checkFit(plan, manifest);
    PrivateTable records = records(plan, manifest, view);
    Digest commitment = RecordsCommitment.of(site.shardKey(), records);
    site.release().bind(dataset(commitment, plan));
    site.release().openCampaign(digest, StudyNoise.mechanism(plan));
    LOG.info("study {} is accepted: plan sha256:{}", offer.studyId(), digest);
    return new JoinedStudy(
        offer.studyId(),
        plan,
        digest,
        manifest,
        view,
        device,
        new AnswerFiles(site.studies().resolve(digest.hex()), digest, commitment));
  }

  private static StudyPlan plan(String canonical) throws OfferDeclinedException {
    try {
      return StudyPlans.readCanonical(canonical.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidConfigException e) {
      throw new OfferDeclinedException(
          Report.Declined.Reason.UNSUPPORTED, String.valueOf(e.getMessage()));
    }
  }

  private ComputeDevice device(StudyPlan plan) throws OfferDeclinedException {
    DeviceChoice own = site.device();
    try {
      ComputeDevice device = site.engine()
          .resolve(own != null ? own : DeviceChoice.parse(plan.teachers().device()));
      LOG.info("teachers train on {}", device.description());
      return device;
    } catch (DeviceUnavailableException | UnknownDeviceException e) {
      LOG.warn("no device to train on: {}", e.getMessage());
      throw new OfferDeclinedException(
          Report.Declined.Reason.UNSUPPORTED,
          "the site has no device of the kind asked for: " + plan.teachers().device());
    }
  }

  /** Declines a plan that does not fit the transfer set, else says what the site's answers come from. */
  private static SampleView checkFit(StudyPlan plan, Manifest manifest)
      throws OfferDeclinedException {
    List<String> classes = plan.task().classes();
    TableSchema schema = manifest.schema();
    if (plan.queries().limit() > manifest.samples()) {
      throw new OfferDeclinedException(
          Report.Declined.Reason.UNSUPPORTED,
          "queries.limit must be <= the transfer set's " + manifest.samples() + " samples: "
              + plan.queries().limit());
    }
    if (!manifest.classes().isEmpty() && !manifest.classes().equals(classes)) {
      throw new OfferDeclinedException(
          Report.Declined.Reason.DATA_MISMATCH,
          "task.classes must be those of the transfer set, in its order: " + classes);
    }
    // Other names for the same classes are the plan's business; the same names in another order are
    // a label for the wrong class.
    if (schema != null
        && schema.label() != null
        && !schema.label().classes().equals(classes)
        && new HashSet<>(schema.label().classes()).equals(new HashSet<>(classes))) {
      throw new OfferDeclinedException(
          Report.Declined.Reason.DATA_MISMATCH,
          "task.classes must be in the order of the transfer set's schema: " + classes);
    }
    try {
      StudyPlans.checkShape(plan, schema, manifest.shape());
      return StudyViews.of(plan, schema).teachers();
    } catch (InvalidConfigException e) {
      throw new OfferDeclinedException(
          Report.Declined.Reason.UNSUPPORTED, String.valueOf(e.getMessage()));
    }
  }

  private PrivateTable records(StudyPlan plan, Manifest manifest, SampleView view)
      throws OfferDeclinedException {
    try {
      SampleShape shape = view.of(manifest.shape());
      PrivateTable records =
          site.records().read(manifest, view, plan.labelSpace().size());
      if (!records.records().samples().shape().equals(shape)) {
        LOG.warn(
            "the site's records have shape {}, the transfer set {}",
            records.records().samples().shape(),
            shape);
        throw new OfferDeclinedException(
            Report.Declined.Reason.DATA_MISMATCH, "the site has no records of shape " + shape);
      }
      return records;
    } catch (UnsuitableRecordsException e) {
      LOG.warn("the site's records cannot serve the study: {}", e.getMessage());
      throw new OfferDeclinedException(Report.Declined.Reason.DATA_MISMATCH, e.publicMessage());
    }
  }

  private DatasetBind dataset(Digest commitment, StudyPlan plan) {
    String rule = plan.privacy().mechanism() == MechanismKind.CLASS_SUMS ? UNIT_RULE : SHARD_RULE;
    return new DatasetBind(site.lineage(), commitment, plan.rowsPerNode(), rule);
  }

  private void answer(Order.Labels request)
      throws StudyImpossibleException, CoordinatorLostException, RolledBackException,
          WitnessRefusedException, LogUnavailableException, IOException, InterruptedException {
    JoinedStudy study = joined.get(request.studyId());
    if (study == null) {
      LOG.warn("study {}: labels are asked for and the study was not offered", request.studyId());
      return;
    }
    if (study.mechanism().hidesAnswers()) {
      throw new StudyImpossibleException(
          "labels must not be asked for one site at a time under privacy.aggregation: secure");
    }
    if (request.round() != 0) {
      throw new StudyImpossibleException(
          "round must be 0, as questions are numbered through all rounds: " + request.round());
    }
    List<SampleRange> blocks = study.blocks(request.range());
    Map<SampleRange, AnswerTable> tables = tables(study, blocks);
    site.release().bind(dataset(study.answers().records(), study.plan()));
    foresee(study, blocks);
    Report.Refused refused = null;
    int sent = 0;
    try (Submission submission = coordinator.submit(study.id(), request.round())) {
      for (SampleRange block : blocks) {
        AnswerTable exact = Objects.requireNonNull(tables.get(block));
        ReleaseOutcome outcome = site.tick().hold(() -> release(study, exact, block));
        if (outcome instanceof ReleaseOutcome.Refused over) {
          refused = new Report.Refused(study.id(), block, over.limit(), over.asked(), over.left());
          break;
        }
        if (outcome instanceof ReleaseOutcome.Released released) {
          // The question leaves on the tick, and what is answered depends on nothing private; the
          // block
          // leaves on a later tick.
          long tree = witnessed.accepted();
          ReleaseProof proof =
              site.tick().hold(() -> site.ledger().releaseProof(released.chargeSeq(), tree));
          if (!submission.send(released.block(), proof)) {
            break;
          }
          sent++;
        }
      }
      check(study, submission.finish(), sent);
    }
    // Told after the receipt: the coordinator then holds what was paid for.
    if (refused != null) {
      LOG.warn(
          "study {}: the {} does not cover samples {} to {}: {} asked, {} left",
          study.id(),
          refused.limit() instanceof Limit.Quota ? "quota of " + party.federation() : "budget",
          refused.block().first(),
          refused.block().end() - 1,
          refused.asked(),
          refused.left());
      coordinator.tell(refused);
    }
    if (sent > 0) {
      answersHaveLeft();
    }
  }

  /** Each block's answers are in the table of its round, which is read once. */
  private Map<SampleRange, AnswerTable> tables(JoinedStudy study, List<SampleRange> blocks)
      throws CoordinatorLostException, IOException {
    Map<SampleRange, AnswerTable> tables = new HashMap<>();
    int round = -1;
    AnswerTable table = null;
    for (SampleRange block : blocks) {
      if (table == null || study.round(block) != round) {
        round = study.round(block);
        table = answers.of(study, round);
      }
      tables.put(block, table);
    }
    return tables;
  }

  /** Answers have left, by whatever way. Safe from any thread. */
  void answersHaveLeft() {
    unshown = true;
  }

  /**
   * Shows the ledger to other nodes, if answers have left since that was last done: they may know what the coordinator does
   * not say. No part of a study, so that a study's end does not cut it off.
   *
   * @throws RolledBackException if one knows more of the ledger than the ledger itself; the node is halted
   */
  void showPeers() throws RolledBackException, InterruptedException {
    if (!unshown) {
      return;
    }
    unshown = false;
    try {
      LOG.info("other nodes that cosign the ledger: {}", witnessed.showPeers(MOST_PEERS));
    } catch (CoordinatorLostException | LogUnavailableException e) {
      // Nothing depends on it now, and the next answers bring it up again.
      LOG.warn("no other node is asked to cosign the ledger: {}", e.getMessage());
    }
  }

  private ReleaseOutcome release(JoinedStudy study, AnswerTable exact, SampleRange block)
      throws LogUnavailableException {
    Limit met = overLimit.get(study.id());
    if (met != null && !isReleased(study, block)) {
      ChargeOutcome.OverLimit over =
          site.ledger().standing(site.lineage(), met, study.mechanism(), block.count());
      return new ReleaseOutcome.Refused(over.limit(), over.asked(), over.left());
    }
    ReleaseOutcome outcome = site.release()
        .release(
            dataset(study.answers().records(), study.plan()),
            request(study, block),
            () -> exact.block(study.inRound(block)).values());
    if (outcome instanceof ReleaseOutcome.Refused refused) {
      overLimit.put(study.id(), refused.limit());
    }
    return outcome;
  }

  /** Has noise drawn ahead for all blocks of a study, those that are asked for now first. */
  private void foresee(JoinedStudy study, List<SampleRange> asked) throws LogUnavailableException {
    Set<SampleRange> blocks = new LinkedHashSet<>(asked);
    blocks.addAll(study.blocks());
    site.release().foresee(blocks.stream().map(block -> request(study, block)).toList());
  }

  private ReleaseRequest request(JoinedStudy study, SampleRange block) {
    return new ReleaseRequest(
        party,
        site.lineage(),
        study.digest(),
        study.plan().transferSetRef().manifest(),
        block.first(),
        block.count(),
        study.mechanism());
  }

  private boolean isReleased(JoinedStudy study, SampleRange block) throws LogUnavailableException {
    Digest transferSet = study.plan().transferSetRef().manifest();
    Query query = new Query(
        site.lineage(),
        study.digest(),
        Query.batch(transferSet, block.first(), block.count()),
        block.count());
    return site.ledger().isReleased(query.digest(study.mechanism()));
  }

  private static void check(JoinedStudy study, Receipt receipt, int sent)
      throws StudyImpossibleException, CoordinatorLostException {
    if (receipt instanceof Receipt.Stored stored) {
      if (stored.blocks() != sent) {
        throw new CoordinatorLostException(
            "the coordinator must have stored " + sent + " blocks: " + stored.blocks(),
            new IllegalStateException("the receipt is short"));
      }
      LOG.info("study {}: labels are delivered, blocks: {}", study.id(), sent);
    } else if (receipt instanceof Receipt.TooLate) {
      LOG.info("study {}: the labels came too late", study.id());
    } else if (receipt instanceof Receipt.Rejected rejected) {
      throw new StudyImpossibleException("the coordinator rejected the block at sample "
          + rejected.firstSample() + ": " + rejected.message());
    }
  }

  private void forget(String studyId) throws LogUnavailableException {
    overLimit.remove(studyId);
    sums.forget(studyId);
    JoinedStudy study = joined.remove(studyId);
    if (study == null) {
      return;
    }
    if (joined.isEmpty()) {
      site.release().foresee(List.of());
    }
    LOG.info("study {} is closed", studyId);
    boolean shared =
        joined.values().stream().anyMatch(other -> other.digest().equals(study.digest()));
    if (!shared) {
      try {
        study.answers().delete();
      } catch (IOException e) {
        LOG.warn(
            "the answers of a closed study cannot be removed: {}",
            study.answers().directory(),
            e);
      }
    }
  }
}
