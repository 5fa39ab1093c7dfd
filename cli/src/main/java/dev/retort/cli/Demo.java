package dev.retort.cli;

import dev.retort.config.StrictYaml;
import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.identity.NodeCredentials;
import dev.retort.learn.Architecture;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.ModelFile;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.node.NodeHome;
import dev.retort.plan.StudyPlan;
import dev.retort.plan.StudyPlans;
import dev.retort.proto.v1.NodeStatus;
import dev.retort.proto.v1.StudyStatus;
import dev.retort.tlog.VerifierKey;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The demo: founds a federation in a directory, runs its processes, and reports. Runs once. */
final class Demo {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("(?m)^listening on (\\d+)$");

  /**
   * What the command line changes in the demo's study.
   *
   * @param epsilon null for the study file's
   * @param teachers per hospital; null for the study file's
   * @param seed for the deal and training
   */
  record Study(@Nullable Double epsilon, @Nullable Integer teachers, long seed) {}

  private final Path home;
  private final int hospitals;
  private final Study choice;
  private final ProgressLines progress;
  private final PhaseClock phases = new PhaseClock();
  private final Map<String, Long> peaks = new HashMap<>();
  private @Nullable String studyId;

  Demo(Path home, int hospitals, Study choice, ProgressLines progress) {
    this.home = home;
    this.hospitals = hospitals;
    this.choice = choice;
    this.progress = progress;
  }

  /** Where the student lies once the demo has run. */
  Path artefacts() {
    if (studyId == null) {
      throw new IllegalStateException("the demo has not run");
    }
    return CoordinatorCore.studies(coordinatorHome()).resolve(studyId);
  }

  RunReport run() throws Exception {
    progress.say("Dealing 10,000 digits: 6,000 private over " + hospitals
        + " hospitals, 3,000 public, 1,000 test");
    DemoDigits digits = DemoDigits.deal(hospitals, choice.seed());
    Path data = Files.createDirectories(home.resolve("data"));
    Path logs = Files.createDirectories(home.resolve("logs"));
    digits.writePublic(data.resolve("public-images.idx.gz"));
    digits.writeTest(data.resolve("test-images.idx.gz"), data.resolve("test-labels.idx.gz"));
    // Started once here before four processes would all unpack the native libraries.
    LearnEngine engine = LearnEngine.start();
    CoordinatorCommand.found(
        coordinatorHome(),
        new CoordinatorConfig("demo", "127.0.0.1:0", List.of("localhost", "127.0.0.1"), "auto", 0),
        KeyPassphrase.none());
    String transferSet = importTransferSet(data.resolve("public-images.idx.gz"));
    String studyFile = studyFile(transferSet, data);
    StudyPlan plan = StudyPlans.readFile("demo study", studyFile, List.of()).plan();
    List<ChildProcess> children = new ArrayList<>();
    StudyStatus ended;
    try {
      ChildProcess coordinator = ChildProcess.start(
          "coordinator",
          logs,
          List.of("coordinator", "serve", "--home", coordinatorHome().toString()));
      children.add(coordinator);
      int port = Integer.parseInt(coordinator.await(LISTENING, START).group(1));
      progress.say("Coordinator listens on 127.0.0.1:" + port);
      try (OperatorClient operator = OperatorClient.dial(coordinatorHome(), "localhost", port)) {
        startHospitals(digits, plan, operator, port, logs, children);
        awaitEnrolled(operator, children);
        progress.say(
            hospitals + " hospitals have joined, each with a one-time token, over mutual TLS");
        phases.book("setup");
        studyId = operator.createStudy(studyFile).getStudyId();
        ended = operator.follow(studyId, status -> show(status, children));
        progress.finish();
      }
    } finally {
      children.forEach(ChildProcess::close);
    }
    if (ended.getState() != StudyStatus.State.STATE_FINISHED) {
      throw new CommandFailedException(
          "no student: " + ended.getMessage() + "; the logs are in " + logs);
    }
    phases.book("student");
    return report(digits, plan, engine, ended);
  }

  private Path coordinatorHome() {
    return home.resolve("coordinator");
  }

  private static String hospital(int index) {
    return "hospital-" + (char) ('a' + index);
  }

  private void startHospitals(
      DemoDigits digits,
      StudyPlan plan,
      OperatorClient operator,
      int port,
      Path logs,
      List<ChildProcess> children)
      throws Exception {
    List<ChildProcess> joining = new ArrayList<>();
    for (int index = 0; index < hospitals; index++) {
      String name = hospital(index);
      Path own = Files.createDirectories(home.resolve(name));
      digits.writeHospital(index, own.resolve("images.idx.gz"), own.resolve("labels.idx.gz"));
      Files.writeString(own.resolve("node.yaml"), nodeFile(plan, port));
      String token = operator.invite(name, Duration.ofHours(1));
      joining.add(ChildProcess.start(
          name + "-join",
          logs,
          List.of(
              "node",
              "join",
              token,
              "--home",
              own.toString(),
              "--coordinator",
              "localhost:" + port)));
    }
    for (ChildProcess child : joining) {
      child.awaitSuccess(START);
    }
    introduce();
    for (int index = 0; index < hospitals; index++) {
      String name = hospital(index);
      children.add(ChildProcess.start(
          name, logs, List.of("node", "serve", "--home", home.resolve(name).toString())));
    }
  }

  /** Has the hospitals know each other's keys, as their operators would do by telephone. */
  private void introduce() throws IOException {
    StringBuilder keys = new StringBuilder("# The hospitals of this demo, as each knows them.\n");
    for (int index = 0; index < hospitals; index++) {
      NodeCredentials credentials = NodeCredentials.read(
          new NodeHome(home.resolve(hospital(index))).keys(new SecureRandom()));
      keys.append(VerifierKey.ofLog(IdentitySigner.of(credentials.node(), credentials.identity())))
          .append('\n');
    }
    for (int index = 0; index < hospitals; index++) {
      Files.writeString(home.resolve(hospital(index)).resolve("peers.keys"), keys);
    }
  }

  private static void awaitEnrolled(OperatorClient operator, List<ChildProcess> children)
      throws Exception {
    int wanted = children.size() - 1;
    while (operator.nodes().stream().filter(node -> node.getConnected()).count() < wanted) {
      for (ChildProcess child : children) {
        child.requireAlive();
      }
      Thread.sleep(50);
    }
  }

  private static String nodeFile(StudyPlan plan, int port) {
    return """
        coordinator: 'localhost:%d'
        data: { kind: images, images: images.idx.gz, labels: labels.idx.gz }
        lineage: digits
        privacyUnit: %s
        policy:
          budget: { epsilon: %s, delta: %s }
          approve: any
        """.formatted(
        port, plan.privacy().unit(), plan.privacy().epsilon(), plan.privacy().delta());
  }

  private String importTransferSet(Path images) throws Exception {
    SecureRandom random = new SecureRandom();
    IdentityKey identity = FederationKeys.open(
            KeyDirectory.open(coordinatorHome(), random),
            new FederationName("demo"),
            Clock.systemUTC(),
            random)
        .identity();
    ChunkStore chunks = ChunkStore.open(CoordinatorCore.transfer(coordinatorHome()));
    Manifest manifest =
        TransferImport.all("digits-public", "MNIST, CC BY-SA 3.0").images(images, chunks);
    chunks.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
    return manifest.ref().toString();
  }

  private String studyFile(String transferSet, Path data) throws Exception {
    List<String> changes = new ArrayList<>();
    changes.add("seed=" + choice.seed());
    changes.add("cohort.minimum=" + hospitals);
    if (hospitals < 3) {
      // Of two each could subtract its own answer from the sum.
      changes.add("privacy.aggregation=local");
    }
    if (choice.epsilon() != null) {
      changes.add("privacy.epsilon=" + choice.epsilon());
    }
    if (choice.teachers() != null) {
      changes.add("teachers.perNode=" + choice.teachers());
    }
    try (InputStream in = Demo.class.getResourceAsStream("demo/study.yaml")) {
      if (in == null) {
        throw new IOException("the jar lacks demo/study.yaml");
      }
      ObjectNode tree = StrictYaml.tree(
          "demo study", new String(in.readAllBytes(), StandardCharsets.UTF_8), "", changes);
      tree.put("transferSet", transferSet);
      tree.putObject("evaluation")
          .put("images", data.resolve("test-images.idx.gz").toAbsolutePath().toString())
          .put("labels", data.resolve("test-labels.idx.gz").toAbsolutePath().toString());
      return tree.toString();
    }
  }

  private void show(StudyStatus status, List<ChildProcess> children) {
    StudyCommand.Status.show(progress, status);
    boolean trained = status.getNodesList().stream()
        .noneMatch(node -> node.getPhase() == NodeStatus.Phase.PHASE_OFFERED
            || node.getPhase() == NodeStatus.Phase.PHASE_TRAINING);
    if (trained) {
      phases.bookOnce("teachers");
    }
    if (status.getState() != StudyStatus.State.STATE_COLLECTING) {
      phases.bookOnce("labels");
    }
    for (int i = 0; i < children.size(); i++) {
      String name = "child " + i;
      children.get(i).peakRssBytes().ifPresent(bytes -> peaks.merge(name, bytes, Math::max));
    }
  }

  private RunReport report(DemoDigits digits, StudyPlan plan, LearnEngine engine, StudyStatus ended)
      throws Exception {
    LedgerTally ledgers = new LedgerTally();
    for (int index = 0; index < hospitals; index++) {
      ledgers.add(LedgerVerifier.verify(home.resolve(hospital(index)).resolve("ledger.db")));
    }
    Baselines baselines = new Baselines(
        engine,
        engine.resolve(DeviceChoice.parse("auto")),
        Architecture.parse(plan.student().architecture()),
        plan.seed());
    double student =
        baselines.score(ModelFile.read(artefacts()).network(), digits.test()).accuracy();
    phases.book("verify");
    progress.say("For comparison: each hospital alone, and all of them pooled without privacy");
    List<Double> sites = baselines.sites(
        digits.pooled(),
        digits.hospitalRows(),
        digits.test(),
        (done, total) -> progress.update("hospitals alone", done, total));
    double ceiling = baselines
        .ceiling(
            digits.pooled(),
            digits.test(),
            (done, total) -> progress.update("all pooled", done, total))
        .accuracy();
    progress.finish();
    phases.book("baselines");
    long answered = ended.getNodesList().stream()
        .filter(node -> node.getPhase() == NodeStatus.Phase.PHASE_ANSWERED)
        .count();
    long peak = peaks.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return new RunReport(
        student,
        null,
        null,
        null,
        null,
        null,
        ceiling,
        null,
        null,
        sites,
        ledgers.epsilon(),
        plan.privacy().delta(),
        ledgers.rhoPico(),
        Math.toIntExact(ended.getNodes(0).getSamplesAsked()),
        plan.teachersPerNode() * hospitals,
        Math.toIntExact(answered),
        ended.getBytesUp(),
        ended.getBytesDown(),
        phases.seconds(),
        peak,
        ledgers.allVerified());
  }
}
