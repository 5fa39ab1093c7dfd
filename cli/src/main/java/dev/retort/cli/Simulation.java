package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.FederationMembers;
import dev.retort.coordinator.enroll.HandshakeService;
import dev.retort.coordinator.round.StudyView;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import dev.retort.data.LabelledSamples;
import dev.retort.data.Partition;
import dev.retort.data.PrivateTable;
import dev.retort.encode.PublicSpaces;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.Node;
import dev.retort.node.NodeParts;
import dev.retort.node.policy.Approval;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.policy.WitnessPolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.session.SessionSettings;
import dev.retort.node.session.Uplink;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.SiteRecords;
import dev.retort.noise.NoiseKey;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyViews;
import dev.retort.privacy.ApproxDp;
import dev.retort.secagg.VerifyingKey;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import dev.retort.wire.ProtocolRange;
import dev.retort.wire.TlsServer;
import dev.retort.wire.UnsafeInProcessIdentity;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A federation in one process: the served programs' own parts behind an in-process transport. Runs once. */
final class Simulation {

  private static final Logger LOG = LoggerFactory.getLogger(Simulation.class);
  private static final FederationName FEDERATION = new FederationName("simulation");
  private static final String LINEAGE = "simulated";

  /**
   * How records are dealt to sites.
   *
   * @param nodes how many sites
   * @param dirichlet the label skew's concentration; null for none
   * @param bySite whether a column says
   * @param seed for the deal
   */
  record Split(int nodes, @Nullable Double dirichlet, boolean bySite, long seed) {}

  /**
   * What is measured beside the student.
   *
   * @param ceiling a network on all records pooled
   * @param sites a network on each site's records
   */
  record Extras(boolean ceiling, boolean sites) {}

  private final ObjectNode studyFile;
  private final SimulationData data;
  private final Split split;
  private final Extras extras;
  private final @Nullable Path keep;
  private final SecureRandom random = new SecureRandom();
  private final PublicSpaces spaces = new PublicSpaces();
  private final PhaseClock phases = new PhaseClock();

  Simulation(
      ObjectNode studyFile, SimulationData data, Split split, Extras extras, @Nullable Path keep) {
    this.studyFile = studyFile;
    this.data = data;
    this.split = split;
    this.extras = extras;
    this.keep = keep;
  }

  /** Plays the study to its end. */
  RunReport run(ProgressLines progress) throws Exception {
    Partition partition = partition();
    LearnEngine engine = LearnEngine.start();
    Path home = keep == null
        ? Files.createTempDirectory("retort-simulation")
        : Trees.createEmpty("--keep", keep);
    boolean kept = keep != null;
    try {
      return run(home, partition, engine, progress);
    } catch (InvalidConfigException e) {
      // Nothing was played, so nothing is worth keeping; and the next try wants the directory
      // empty.
      kept = false;
      throw e;
    } finally {
      if (!kept) {
        Trees.delete(home);
      }
    }
  }

  private RunReport run(Path home, Partition partition, LearnEngine engine, ProgressLines progress)
      throws Exception {
    Map<String, IdentityKey> keys = new TreeMap<>();
    List<IdentityKey> identities = new ArrayList<>();
    List<NodeId> ids = new ArrayList<>();
    for (int node = 0; node < partition.nodes(); node++) {
      NodeId id = new NodeId(String.format("site-%04d", node + 1));
      ids.add(id);
      IdentityKey own = IdentityKey.generate(random);
      identities.add(own);
      keys.put(id.value(), own);
    }
    IdentityKey identity = IdentityKey.generate(random);
    ComputeDevice device = engine.resolve(DeviceChoice.parse("auto"));
    List<Node> nodes = new ArrayList<>();
    ExecutorService work = Executors.newSingleThreadExecutor(task -> daemon(task, "sites"));
    Path coordinatorHome = Files.createDirectories(home.resolve("coordinator"));
    try (CoordinatorCore core = CoordinatorCore.open(
        coordinatorHome,
        Database.open(CoordinatorCore.database(coordinatorHome)),
        new FederationMembers(
            FEDERATION,
            identity,
            keys::keySet,
            id -> Optional.ofNullable(keys.get(id)).map(IdentityKey::publicKey)),
        engine,
        device,
        Clock.systemUTC(),
        random)) {
      importTransferSet(coordinatorHome, identity);
      String name = UUID.randomUUID().toString();
      Server server = TlsServer.guarded(
              InProcessServerBuilder.forName(name),
              UnsafeInProcessIdentity.believed(),
              core.traffic())
          .addService(
              new HandshakeService(FEDERATION, ProtocolRange.CURRENT, SoftwareVersion.current()))
          .addService(core.federation())
          .build()
          .start();
      try {
        Study study = core.desk().create(studyFile.toString());
        StudyViews views = StudyViews.of(study.plan(), data.schema());
        TeacherWatch watch = new TeacherWatch(data, views.teachers());
        SitePolicy policy = policy(study.plan(), keys.values());
        phases.book("setup");
        for (int node = 0; node < ids.size(); node++) {
          Node opened = Node.open(
              parts(
                  home,
                  name,
                  ids.get(node),
                  identities.get(node),
                  partition.rows(node),
                  identity,
                  policy,
                  watch),
              engine,
              work,
              InstantSource.system());
          nodes.add(opened);
          opened.start();
        }
        StudyView ended = awaitEnd(core, study.id(), progress);
        nodes.forEach(Node::close);
        if (!(ended.study().state() instanceof StudyState.Finished)) {
          throw new CommandFailedException("no student: " + ended.study().state() + reasons(ended));
        }
        return report(home, core, ended, views, partition, engine, device, watch, progress);
      } finally {
        nodes.forEach(Node::close);
        server.shutdownNow();
      }
    } finally {
      work.shutdownNow();
    }
  }

  private Partition partition() throws CommandFailedException {
    if (split.bySite()) {
      Partition bySite = Partition.bySite(data.records());
      if (bySite.nodes() != split.nodes()) {
        throw new CommandFailedException(
            "--nodes must be the number of sites in the --site column, " + bySite.nodes() + ": "
                + split.nodes());
      }
      return bySite;
    }
    return split.dirichlet() == null
        ? Partition.iid(data.records(), split.nodes(), split.seed())
        : Partition.dirichlet(data.records(), split.nodes(), split.dirichlet(), split.seed());
  }

  private void importTransferSet(Path coordinatorHome, IdentityKey identity) throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(coordinatorHome));
    Manifest manifest = TransferImport.all("simulated", "simulation")
        .samples(data.transfer(), data.schema(), chunks);
    chunks.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
    studyFile.put("transferSet", manifest.ref().toString());
  }

  private NodeParts parts(
      Path home,
      String server,
      NodeId id,
      IdentityKey own,
      int[] rows,
      IdentityKey coordinatorKey,
      SitePolicy policy,
      TeacherWatch watch)
      throws IOException {
    Path directory = Files.createDirectories(home.resolve(id.value()));
    PeerIdentity.Node peer = new PeerIdentity.Node(FEDERATION, id);
    PrivateTable records = data.records().subset(rows);
    return new NodeParts(
            new Uplink(
                peer,
                () -> InProcessChannelBuilder.forName(server)
                    .intercept(UnsafeInProcessIdentity.assertedBy(peer))
                    .build(),
                "in-process",
                new Uplink.PublicKey(coordinatorKey.publicKey()),
                SoftwareVersion.current()),
            new NodeParts.Secrets(own, new NoiseKey(fresh(NoiseKey.BYTES)), shardKey(id)),
            new NodeParts.Stores(
                directory.resolve("ledger.db"),
                ChunkStore.open(home.resolve("transfer")),
                directory.resolve("studies")),
            SiteRecords.held(records),
            LINEAGE,
            policy,
            // Nobody is there to time the answers, all sites being in this process; and a thousand
            // sites
            // that share a thread would wait for their ticks one after another.
            ReleasePace.unobserved(),
            null,
            SessionSettings.standard(),
            watch)
        // One person runs all the sites: they would vouch for themselves.
        .withWitness(new WitnessPolicy(false))
        // They would all learn the same of the public samples.
        .withSpaces(spaces);
  }

  /** Every site spends what the study asks for, and knows all the others. */
  private static SitePolicy policy(StudyPlan plan, Collection<IdentityKey> sites) {
    return new SitePolicy(
            plan.privacy().unit(),
            new Approval.Any(),
            new ApproxDp(plan.privacy().epsilon(), plan.privacy().delta()),
            null)
        .withPeers(sites.stream()
            .map(key -> VerifyingKey.of(key.publicKey()))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** A public function of the seed, unlike a site's own: a simulation with one seed deals the same shards again. */
  private ShardKey shardKey(NodeId id) {
    return new ShardKey(dev.retort.merkle.Digest.of(("simulated shards " + split.seed() + " " + id)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .bytes());
  }

  private byte[] fresh(int bytes) {
    byte[] secret = new byte[bytes];
    random.nextBytes(secret);
    return secret;
  }

  private StudyView awaitEnd(CoordinatorCore core, String studyId, ProgressLines progress)
      throws InterruptedException {
    LinkedBlockingQueue<StudyView> views = new LinkedBlockingQueue<>();
    core.runner().watch(studyId, views::add);
    String phase = "teachers";
    while (true) {
      StudyView view = views.take();
      String next = phase(view, phase);
      if (!next.equals(phase)) {
        phases.book(phase);
        phase = next;
      }
      show(view, progress);
      if (view.study().state().ended()) {
        phases.book(phase);
        progress.finish();
        return view;
      }
    }
  }

  /** Answers overlap with training where one executor serves all sites: labels begin when the last site is trained. */
  private static String phase(StudyView view, String before) {
    if (view.study().state() instanceof StudyState.Collecting) {
      boolean trained = view.nodes().stream()
          .noneMatch(node -> node.state() instanceof NodeState.Offered
              || node.state() instanceof NodeState.Training);
      return trained ? "labels" : before;
    }
    return "student";
  }

  private void show(StudyView view, ProgressLines progress) {
    StudyPlan plan = view.study().plan();
    long trained = 0;
    long labelled = 0;
    for (StudyView.NodeView node : view.nodes()) {
      trained += node.state() instanceof NodeState.Training training
          ? training.trained()
          : node.state() instanceof NodeState.Offered ? 0 : plan.teachersPerNode();
      labelled += node.samplesLabelled();
    }
    if (plan.teachersPerNode() > 0) {
      progress.update(
          "teachers", trained, (long) plan.teachersPerNode() * view.nodes().size());
    }
    progress.update(
        "labels", labelled, (long) plan.queries().limit() * view.nodes().size());
    if (view.epochs() > 0) {
      progress.update("student epochs", view.epochsDone(), view.epochs());
    }
  }

  private RunReport report(
      Path home,
      CoordinatorCore core,
      StudyView ended,
      StudyViews views,
      Partition partition,
      LearnEngine engine,
      ComputeDevice device,
      TeacherWatch watch,
      ProgressLines progress)
      throws Exception {
    StudyPlan plan = ended.study().plan();
    Baselines baselines = new Baselines(
        engine, device, Architecture.parse(plan.student().architecture()), plan.seed());
    ModelFile model = ModelFile.read(
        CoordinatorCore.studies(core.home()).resolve(ended.study().id()));
    LabelledSamples records = views.student().of(data.records().records());
    LabelledSamples test = views.student().of(data.test());
    Baselines.Score student = baselines.score(model.network(), test);
    LedgerTally ledgers = new LedgerTally();
    for (int node = 0; node < partition.nodes(); node++) {
      Path ledger = home.resolve(String.format("site-%04d", node + 1)).resolve("ledger.db");
      LedgerReport checked = LedgerVerifier.verify(ledger);
      ledgers.add(checked);
      if (!checked.ok()) {
        LOG.error("{} does not verify: {}", ledger, checked.findings());
      }
    }
    phases.book("verify");
    Baselines.@Nullable Score ceiling = extras.ceiling()
        ? baselines.ceiling(records, test, (done, total) -> progress.update("ceiling", done, total))
        : null;
    Baselines.@Nullable Score teachersViewCeiling = extras.ceiling() && !views.isOne()
        ? baselines.ceiling(
            views.teachers().of(data.records().records()),
            views.teachers().of(data.test()),
            (done, total) -> progress.update("ceiling, teachers' view", done, total))
        : null;
    List<Double> sites = List.of();
    if (extras.sites()) {
      int[][] rows = new int[partition.nodes()][];
      for (int node = 0; node < rows.length; node++) {
        rows[node] = partition.rows(node);
      }
      sites = baselines.sites(
          records, rows, test, (done, total) -> progress.update("sites alone", done, total));
    }
    phases.book("baselines");
    progress.finish();
    int answered = (int) ended.nodes().stream()
        .filter(n -> n.state() instanceof NodeState.Answered)
        .count();
    return new RunReport(
        student.accuracy(),
        student.auc(),
        watch.teacherAccuracyMean(),
        watch.voteAccuracy(),
        watch.voteAuc(),
        ceiling == null ? null : (Double) ceiling.accuracy(),
        ceiling == null ? null : ceiling.auc(),
        teachersViewCeiling == null ? null : (Double) teachersViewCeiling.accuracy(),
        sites,
        ledgers.epsilon(),
        plan.privacy().delta(),
        ledgers.rhoPico(),
        plan.queries().limit(),
        plan.teachersPerNode() * partition.nodes(),
        answered,
        core.traffic().bytesReceived(),
        core.traffic().bytesSent(),
        phases.seconds(),
        ResidentSet.peakBytes(),
        ledgers.allVerified());
  }

  private static String reasons(StudyView ended) {
    StringBuilder text = new StringBuilder();
    for (StudyView.NodeView node : ended.nodes()) {
      if (node.state().ended() && !(node.state() instanceof NodeState.Answered)) {
        text.append("; ").append(node.nodeId()).append(": ").append(node.state());
      }
    }
    return text.toString();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
