package dev.retort.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.store.Database;
import dev.retort.coordinator.store.SqlStudyStore;
import dev.retort.coordinator.study.Studies;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import dev.retort.data.ByteSamples;
import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.StoredSamples;
import dev.retort.identity.IdentityKey;
import dev.retort.journal.CoordinatorJournal;
import dev.retort.plan.StudyPlans;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyDeskTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Clock CLOCK =
      Clock.fixed(java.time.Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @TempDir
  private Path directory;

  private Database database;
  private CoordinatorJournal journal;
  private JournalWitnesses witnesses;
  private SqlStudyStore store;
  private StudyRunner runner;
  private ChunkStore chunks;
  private StudyDesk desk;
  private String images;
  private String table;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(directory.resolve("coordinator.db"));
    store = new SqlStudyStore(database.jdbi());
    journal = Studies.journal(directory);
    NodeLinks links = new NodeLinks();
    witnesses = JournalWitnessesTest.of(journal, links);
    runner = new StudyRunner(
        store,
        () -> Set.of("a"),
        links,
        (study, progress) -> {},
        (study, round) -> {
          throw new UnsupportedOperationException("no rounds are opened here");
        },
        witnesses,
        Studies.parts(
            database,
            journal,
            (study, place, answer, proof) -> {
              throw new UnsupportedOperationException("no labels come here");
            },
            CLOCK),
        CLOCK);
    chunks = ChunkStore.open(directory.resolve("transfer"));
    desk = new StudyDesk(runner, store, chunks, CLOCK, RANDOM);
    images = importSet(
        TransferImport.all("pictures", "CC0"),
        new ByteSamples(SampleShape.image(1, 8, 8), new byte[40 * 64]));
    table = importSet(
        new TransferImport("rows", "CC0", List.of("no", "yes"), null),
        new FloatSamples(SampleShape.row(5), new float[40 * 5]));
  }

  @AfterEach
  void close() throws Exception {
    runner.close();
    witnesses.close();
    database.close();
    journal.close();
  }

  private String importSet(TransferImport how, StoredSamples samples) throws Exception {
    IdentityKey key = IdentityKey.generate(RANDOM);
    Manifest manifest = how.samples(samples, null, chunks);
    chunks.putManifest(SignedManifest.sign(manifest, key.publicKey(), key::sign));
    return manifest.ref().toString();
  }

  private static String study(String transferSet, String... lines) {
    return """
        study: test
        task: { kind: classification, classes: ['no', 'yes'] }
        transferSet: %s
        teachers: { perNode: 3, architecture: linear, device: cpu }
        %s
        """.formatted(transferSet, String.join("\n", lines));
  }

  private void assertRefused(String yaml, String... parts) {
    assertThatThrownBy(() -> desk.create(yaml))
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .startsWith("study file")
        .contains(parts)
        .doesNotContain("\n");
    assertThat(store.all()).isEmpty();
  }

  @Test
  void create_goodPlan_isResolvedStoredAndStarted() throws Exception {
    Study study =
        desk.create(study(images, "privacy: { epsilon: 5 }", "student: { architecture: linear }"));
    assertThat(study.id()).matches("test-[0-9a-f]{8}");
    assertThat(study.created()).isEqualTo(CLOCK.instant());
    assertThat(study.state()).isEqualTo(new StudyState.Collecting());
    assertThat(study.plan().queries().limit()).isEqualTo(40);
    assertThat(study.plan().privacy().sigma()).isGreaterThan(1);
    assertThat(StudyPlans.readCanonical(study.canonicalPlan().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(study.plan());
    assertThat(store.find(study.id())).contains(study);
    assertThat(runner.view(study.id())).isPresent();
  }

  @Test
  void create_sameFileTwice_isTwoStudiesOfOnePlan() throws Exception {
    String yaml = study(images, "privacy: { epsilon: 5 }", "student: { architecture: linear }");
    Study first = desk.create(yaml);
    Study second = desk.create(yaml);
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.planDigest()).isEqualTo(first.planDigest());
  }

  @Test
  void create_smallestSigma_isTheSmallestThatFits() throws Exception {
    Study study =
        desk.create(study(images, "privacy: { epsilon: 5 }", "student: { architecture: linear }"));
    int sigma = study.plan().privacy().sigma();
    var closer = StudyPlans.resolve(study.plan(), 40, sigma - 1);
    var mechanism = new dev.retort.privacy.Mechanism.DiscreteGaussianHistogram(
        dev.retort.label.LabelGrid.VOTE, 2, closer.privacy().sigma());
    assertThat(dev.retort.privacy.Conversion.epsilon(mechanism.cost(40), 1e-5)).isGreaterThan(5);
  }

  @Test
  void create_unknownTransferSet_saysHowToImportIt() {
    String unknown = "pictures@sha256:" + "0".repeat(64);
    assertRefused(
        study(unknown, "privacy: { epsilon: 5 }"),
        "transferSet must be imported here first (retort transfer import)",
        unknown);
  }

  @Test
  void create_limitAboveTheTransferSet_namesBoth() {
    assertRefused(
        study(images, "privacy: { epsilon: 5 }", "queries: { limit: 41 }"),
        "queries.limit must be at most the transfer set's 40 samples: 41");
  }

  @Test
  void create_convolutionOnATable_namesTheKey() {
    assertRefused(
        study(table, "privacy: { epsilon: 5 }", "student: { architecture: cnn-small }"),
        "student.architecture",
        "cnn-small");
  }

  @Test
  void create_epsilonTooSmallForAnyNoise_saysWhatMayChange() {
    assertRefused(
        study(
            images,
            "privacy: { epsilon: 1.0e-8, delta: 1.0e-12 }",
            "student: { architecture: linear }"),
        "privacy.epsilon must be larger, or queries.limit smaller",
        "40 queries",
        "1.0E-8");
  }

  @Test
  void create_otherClassesThanTheTransferSets_namesThose() {
    assertRefused(
        study(table, "privacy: { epsilon: 5 }", "student: { architecture: linear }")
            .replace("'no', 'yes'", "ill, well"),
        "task.classes must be those of the transfer set: [no, yes]");
  }

  @Test
  void create_unknownKey_isNamed() {
    assertRefused(
        study(images, "privacy: { epsilon: 5, budget: 3 }"), "unknown key privacy.budget");
  }

  @Test
  void create_notYaml_isRefused() {
    assertRefused("study: [", "not well-formed YAML");
  }

  @Test
  void create_lostChunk_saysToImportAgain() throws Exception {
    Path directory = this.directory.resolve("transfer");
    Manifest manifest = Manifest.parse(chunks
        .readManifest(dev.retort.transfer.TransferSetRef.parse(images).manifest())
        .manifest());
    String chunk = manifest.chunks().get(0).hex();
    try (var files = java.nio.file.Files.walk(directory)) {
      for (Path file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
        if (directory.relativize(file).toString().replace("/", "").contains(chunk)) {
          java.nio.file.Files.delete(file);
        }
      }
    }
    assertRefused(
        study(images, "privacy: { epsilon: 5 }", "student: { architecture: linear }"),
        "lacks chunks here; import it again");
  }

  private static final String SUMS = "privacy: { epsilon: 5, mechanism: class-sums }";
  private static final String LINEAR = "student: { architecture: linear }";

  private static String after(String id) {
    return "student: { architecture: linear, after: " + id + " }";
  }

  /** A study that has its student. */
  private String finished(String yaml) throws Exception {
    String id = desk.create(yaml).id();
    store.updateState(id, new StudyState.Finished());
    return id;
  }

  private void assertNotAfter(String yaml, String... parts) {
    int before = store.all().size();
    assertThatThrownBy(() -> desk.create(yaml))
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .startsWith("study file: student.after ")
        .contains(parts);
    assertThat(store.all()).hasSize(before);
  }

  @Test
  void create_afterAFinishedStudyOfClassSums_isMade() throws Exception {
    String first = finished(study(images, SUMS, LINEAR));
    Study second = desk.create(study(images, "privacy: { epsilon: 5 }", after(first)));
    assertThat(second.plan().student().after()).isEqualTo(first);
  }

  @Test
  void create_afterAStudyThatIsNone_saysWhereTheyAreListed() {
    assertNotAfter(
        study(images, "privacy: { epsilon: 5 }", after("test-00000000")),
        "must be the id of a study here (retort study status): test-00000000");
  }

  @Test
  void create_afterAStudyThatDoesNotFit_saysWhatMust() throws Exception {
    String votes = finished(study(images, "privacy: { epsilon: 5 }", LINEAR));
    assertNotAfter(
        study(images, "privacy: { epsilon: 5 }", after(votes)),
        "must be a study of privacy.mechanism: class-sums: " + votes);
    String going = desk.create(study(images, SUMS, LINEAR)).id();
    assertNotAfter(
        study(images, "privacy: { epsilon: 5 }", after(going)), "must have finished; wait for it");
    String rows = finished(study(table, SUMS, LINEAR));
    assertNotAfter(
        study(images, "privacy: { epsilon: 5 }", after(rows)),
        "must be over the same transferSet, and that one is over " + table);
    String sums = finished(study(images, SUMS, LINEAR));
    assertNotAfter(
        study(images, "privacy: { epsilon: 5 }", after(sums)).replace("'no', 'yes'", "ill, well"),
        "must have the same task.classes, and that one has [no, yes]");
    assertNotAfter(
        study(images, "privacy: { epsilon: 5, unit: patient }", after(sums)),
        "must have the same privacy.unit and privacy.aggregation, and that one has record and local");
  }

  @Test
  void create_classSumsAfterAnother_areRefused() {
    assertRefused(
        study(images, SUMS, after("test-00000000")),
        "student.after must be '' for privacy.mechanism: class-sums, which is what comes first");
    assertRefused(
        study(images, SUMS, "student: { architecture: linear, classShares: even }"),
        "student.classShares must be labels for privacy.mechanism: class-sums");
  }
}
