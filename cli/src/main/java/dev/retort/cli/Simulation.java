package dev.retort.cli;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.FederationMembers;
import dev.retort.coordinator.enroll.HandshakeService;
import dev.retort.coordinator.round.StudyDesk;
import dev.retort.coordinator.round.StudyView;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.Study;
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
import dev.retort.plan.StudyNoise;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.plan.StudyViews;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Zcdp;
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

  private final List<ObjectNode> studyFiles;
  private final SimulationData data;
  private final Split split;
  private final Extras extras;
  private final @Nullable Path keep;
  private final SecureRandom random = new SecureRandom();
  private final PublicSpaces spaces = new PublicSpaces();
  private final PhaseClock phases = new PhaseClock();

  /**
   * Sets the scene.
   *
   * @param studyFiles studies to play one after another, each but the first after the one before it; the last one's student
   *     is reported on
   */
  Simulation(
      List<ObjectNode> studyFiles,
      SimulationData data,
      Split split,
      Extras extras,
      @Nullable Path keep) {
    this.studyFiles = List.copyOf(studyFiles);
    this.data = data;
    this.split = split;
    this.extras = extras;
    this.keep = keep;
  }

  /** Plays the studies to their ends. */
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
      List<StudyPlan> plans = resolved(importTransferSet(coordinatorHome, identity));
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
        StudyPlan last = plans.get(plans.size() - 1);
        StudyViews views = StudyViews.of(last, data.schema());
        TeacherWatch watch = new TeacherWatch(data, views.teachers());
        SitePolicy policy = policy(plans, keys.values());
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
        List<StudyView> ended = play(core, progress);
        nodes.forEach(Node::close);
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

  private Manifest importTransferSet(Path coordinatorHome, IdentityKey identity) throws Exception {
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(coordinatorHome));
    Manifest manifest = TransferImport.all("simulated", "simulation")
        .samples(data.transfer(), data.schema(), chunks);
    chunks.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
    studyFiles.forEach(file -> file.put("transferSet", manifest.ref().toString()));
    return manifest;
  }

  /** The plans as the coordinator will resolve them, to know what they cost, and that they fit, before any is played. */
  private List<StudyPlan> resolved(Manifest manifest) throws InvalidConfigException {
    List<StudyPlan> plans = new ArrayList<>();
    for (ObjectNode file : studyFiles) {
      if (!plans.isEmpty()) {
        // Its id is not known before it is played.
        file.withObject("/student").put("after", plans.get(plans.size() - 1).study());
      }
      plans.add(StudyDesk.resolve(
          StudyPlans.readFile("study file", file.toString(), List.of()).plan(), manifest));
    }
    for (int i = 1; i < plans.size(); i++) {
      StudyDesk.requireFollows(plans.get(i), plans.get(i - 1), plans.get(i - 1).study());
    }
    return plans;
  }

  /** Plays one study after another. */
  private List<StudyView> play(CoordinatorCore core, ProgressLines progress) throws Exception {
    StudyPlayback playback = new StudyPlayback(core, phases, progress);
    List<StudyView> ended = new ArrayList<>();
    String before = "";
    for (ObjectNode file : studyFiles) {
      if (!before.isEmpty()) {
        file.withObject("/student").put("after", before);
      }
      before = core.desk().create(file.toString()).id();
      ended.add(playback.toStudent(before));
    }
    return ended;
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

  /** Every site spends what the studies ask for together, and knows all the others. */
  private static SitePolicy policy(List<StudyPlan> plans, Collection<IdentityKey> sites) {
    StudyPlan.Privacy last = plans.get(plans.size() - 1).privacy();
    return new SitePolicy(last.unit(), new Approval.Any(), budget(plans), null)
        .withPeers(sites.stream()
            .map(key -> VerifyingKey.of(key.publicKey()))
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static ApproxDp budget(List<StudyPlan> plans) {
    StudyPlan.Privacy last = plans.get(plans.size() - 1).privacy();
    if (plans.size() == 1) {
      return new ApproxDp(last.epsilon(), last.delta());
    }
    Zcdp together = plans.stream().map(StudyNoise::cost).reduce(Zcdp.ZERO, Zcdp::plusOrUnbounded);
    return new ApproxDp(Conversion.epsilon(together, last.delta()), last.delta());
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

  private RunReport report(
      Path home,
      CoordinatorCore core,
      List<StudyView> played,
      StudyViews views,
      Partition partition,
      LearnEngine engine,
      ComputeDevice device,
      TeacherWatch watch,
      ProgressLines progress)
      throws Exception {
    StudyView ended = played.get(played.size() - 1);
    StudyPlan plan = ended.study().plan();
    Baselines baselines = new Baselines(
        engine, device, Architecture.parse(plan.student().architecture()), plan.seed());
    LabelledSamples records = views.student().of(data.records().records());
    LabelledSamples test = views.student().of(data.test());
    Baselines.Score student = score(core, ended, baselines);
    Baselines.@Nullable Score earlier =
        played.size() == 1 ? null : score(core, played.get(0), baselines);
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
        earlier == null ? null : (Double) earlier.accuracy(),
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

  /** The score of a study's student, in the view that it reads. */
  private Baselines.Score score(CoordinatorCore core, StudyView ended, Baselines baselines)
      throws Exception {
    Study study = ended.study();
    ModelFile model = ModelFile.read(CoordinatorCore.studies(core.home()).resolve(study.id()));
    return baselines.score(
        model.network(), StudyViews.of(study.plan(), data.schema()).student().of(data.test()));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
