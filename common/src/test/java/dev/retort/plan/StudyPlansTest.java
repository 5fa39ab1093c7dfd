package dev.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.config.InvalidConfigException;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.label.LabelGrid;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.SummedHints;
import dev.retort.privacy.Zcdp;
import dev.retort.transfer.SampleRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StudyPlansTest {

  private static final String GOOD = """
      study: lungs
      task: { kind: classification, classes: [healthy, ill] }
      transferSet: scans@sha256:%s
      privacy: { epsilon: 2.0 }
      """.formatted("ab".repeat(32));

  private static StudyPlan plan(String... overrides) throws InvalidConfigException {
    return StudyPlans.readFile("study.yaml", GOOD, List.of(overrides)).plan();
  }

  private static StudyPlan resolved() throws InvalidConfigException {
    return StudyPlans.resolve(plan(), 100, 12);
  }

  @Test
  void readFile_leastThatCanBeSaid_hasTheDefaults() throws Exception {
    StudyPlan plan = plan();
    assertThat(plan.privacy().delta()).isEqualTo(1e-5);
    assertThat(plan.privacy().labelGrid()).isEqualTo(1);
    assertThat(plan.student().temperature()).isEqualTo(2.0);
    assertThat(plan.student().alpha()).isEqualTo(0.7);
    assertThat(plan.cohort().deadline()).isEqualTo(Duration.ofHours(1));
    assertThat(plan.transferSetRef().name()).isEqualTo("scans");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          privacy.epsilon=0             | privacy.epsilon must be > 0 and finite: 0.0
          privacy.epsilon=-1            | privacy.epsilon must be > 0 and finite: -1.0
          privacy.epsilon=.inf          | privacy.epsilon
          privacy.epsilon=.nan          | privacy.epsilon
          privacy.epsilon=two           | privacy.epsilon must be a number: two
          privacy.delta=0               | privacy.delta must be > 0 and < 1: 0.0
          privacy.delta=1               | privacy.delta must be > 0 and < 1: 1.0
          privacy.delta=1.5             | privacy.delta must be > 0 and < 1: 1.5
          privacy.labelGrid=0           | privacy.labelGrid must be in [1, 255]: 0
          privacy.sigma=-1              | privacy.sigma must be in
          privacy.unit='  '             | privacy.unit must be 1 to 64 characters
          privacy.unit=null             | privacy.unit must have a value
          student=null                  | student must have a value
          teachers.device=[cpu]         | teachers.device must be text: ["cpu"]
          queries=7                     | queries must be KEY: VALUE lines: 7
          privacy.aggregation=secure    | cohort.minimum must be at least 3 for privacy.aggregation: secure
          cohort.colluders=-1           | cohort.colluders must be in [0, 4096]: -1
          cohort.maxExcluded=5000       | cohort.maxExcluded must be in [0, 4096]: 5000
          privacy.mechanism=laplace     | one of discrete-gaussian, class-sums: laplace
          privacy.epsilonn=1            | unknown key privacy.epsilonn; known here: aggregation, answers, delta, epsilon
          queries.limit=-1              | queries.limit must be
          queries.limit=ten             | queries.limit must be a whole number: ten
          queries.plan=active           | queries.rounds must be at least 2 for queries.plan: active
          queries.plan=some             | one of all, random, k-centre, active: some
          queries.rounds=2              | queries.rounds must be 1 unless queries.plan is active
          queries.rounds=21             | queries.rounds must be in [1, 20]: 21
          teachers.perNode=0            | teachers.perNode must be in [1, 100000]: 0
          teachers.architecture=vgg     | teachers.architecture
          teachers.architecture=mlp-0   | teachers.architecture
          teachers.features=-1          | teachers.features must be in [0, 1024]: -1
          teachers.view=My view         | teachers.view must be '' for all columns, or a view of 1 to 64 of a-z, 0-9 and '-': My view
          student.view=../x             | student.view must be '' for all columns
          teachers.epochs=0             | teachers.epochs must be in [1, 10000]: 0
          teachers.learningRate=0       | teachers.learningRate must be in (0, 1]: 0.0
          teachers.device=tpu           | teachers.device
          student.architecture=resnet   | student.architecture
          student.temperature=0         | student.temperature must be in (0, 100]: 0.0
          student.alpha=1.1             | student.alpha must be in [0, 1]: 1.1
          student.features=hints        | one of none, hint, progressive: hints
          student.features=hint         | teachers.architecture must have a hidden layer for student.features: hint or progressive
          hints.dimensions=0            | hints.dimensions must be in [1, 256]: 0
          hints.share=0.01              | hints.share must be in [0.05, 0.9]: 0.01
          hints.weight=0                | hints.weight must be in (0, 100]: 0.0
          classSums.features=-1         | classSums.features must be in [0, 4096]: -1
          classSums.units=100001        | classSums.units must be in [1, 100000]: 100001
          student.generations=11        | student.generations must be in [1, 10]: 11
          student.generations=0         | student.generations must be in [1, 10]: 0
          student.rehearsal=maybe       | one of off, on: maybe
          student.dynamic=1             | one of off, on: 1
          student.after=../lungs        | student.after must be '' for none, or the id of a study
          student.classShares=uneven    | one of labels, even: uneven
          student.consistency=yes       | one of auto, off, on: yes
          cohort.minimum=0              | cohort.minimum must be in [1, 100000]: 0
          cohort.deadline=soon          | cohort.deadline must be an ISO-8601 duration such as PT10M: soon
          cohort.deadline=PT0S          | cohort.deadline must be a positive
          cohort.deadline=-PT1H         | cohort.deadline must be a positive
          cohort.deadline=P366D         | cohort.deadline must be a positive ISO-8601 duration of at most P365D
          task.classes=[one]            | classes must be at least two: [one]
          task.classes=[a, a]           | classes must be distinct: [a, a]
          task.kind=regression          | one of classification: regression
          study=Lungs                   | study must be 1 to 64 characters of a-z, 0-9 and '-': Lungs
          study=../lungs                | study must be 1 to 64 characters
          transferSet=scans             | transferSet must be NAME@sha256:DIGEST
          seed=1.5                      | seed
          evaluation.table=a            | evaluation
          """)
  void readFile_badValue_namesKeyRuleAndValue(String override, String message) {
    // The last line is made bad by a second key beside it.
    List<String> overrides = override.startsWith("evaluation")
        ? List.of(override, "evaluation.images=b")
        : List.of(override);
    assertThatThrownBy(() -> StudyPlans.readFile("study.yaml", GOOD, overrides))
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .startsWith("study.yaml: ")
        .contains(message)
        .doesNotContain("\n");
  }

  @Test
  void readFile_withoutEpsilon_saysSo() {
    assertThatThrownBy(() -> StudyPlans.readFile(
            "study.yaml", GOOD.replace("privacy: { epsilon: 2.0 }", ""), List.of()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("study.yaml: the key privacy.epsilon is missing");
  }

  @Test
  void readFile_unknownTopKey_isNamedWithTheKnownOnes() {
    assertThatThrownBy(() -> plan("budget=3"))
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .contains("unknown key budget")
        .contains(
            "cohort, hints, privacy, queries, seed, student, study, task, teachers, transferSet");
  }

  @Test
  void readFile_evaluation_standsBesideThePlanAndNotInIt() throws Exception {
    StudyFile file = StudyPlans.readFile(
        "study.yaml",
        GOOD + "evaluation: { images: /data/test-images, labels: /data/test-labels }",
        List.of());
    assertThat(file.evaluation())
        .isEqualTo(new EvaluationSource("/data/test-images", "/data/test-labels", null));
    assertThat(file.plan()).isEqualTo(plan());
  }

  @Test
  void canonicalBytes_ofAFixedPlan_haveAFixedDigest() throws Exception {
    // What a site approves: if this changes, every approval given so far is void.
    assertThat(Digest.of(StudyPlans.canonicalBytes(resolved())).hex())
        .isEqualTo("062d1c1c08cdc64bf973a66b2119db6b5a1dd774a9bb3ce690aa344660d7bdbc");
  }

  @Test
  void canonicalBytes_areSortedWithoutWhiteSpace() throws Exception {
    String text = new String(StudyPlans.canonicalBytes(resolved()), StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith(
            "{\"classSums\":{\"features\":0,\"units\":100000},\"cohort\":{\"colluders\":1,\"deadline\":\"PT1H\",\"maxExcluded\":0,\"minimum\":1},\"hints\":{")
        .contains("\"delta\":1.0E-5")
        .doesNotContain(" ", "\n");
  }

  @Test
  void canonicalBytes_doNotDependOnTheOrderOfTheFile() throws Exception {
    StudyPlan shuffled = StudyPlans.readFile(
            "study.yaml", """
            privacy: { epsilon: 2 }
            transferSet: scans@sha256:%s
            task: { classes: ['healthy', "ill"], kind: classification }
            study: lungs
            """.formatted("ab".repeat(32)), List.of())
        .plan();
    assertThat(StudyPlans.canonicalBytes(shuffled)).isEqualTo(StudyPlans.canonicalBytes(plan()));
  }

  @ParameterizedTest
  @CsvSource({
    "seed=2", "privacy.epsilon=2.5", "privacy.unit=patient", "teachers.perNode=7",
    "student.epochs=3", "cohort.minimum=2", "study=other", "teachers.device=cpu"
  })
  void canonicalBytes_anyOtherValue_hasAnotherDigest(String override) throws Exception {
    assertThat(StudyPlans.canonicalBytes(plan(override)))
        .isNotEqualTo(StudyPlans.canonicalBytes(plan()));
  }

  @Test
  void readCanonical_readsWhatCanonicalBytesWrote() throws Exception {
    StudyPlan plan = StudyPlans.resolve(
        plan("task.classes=['ä \"b\"', c, \"d\\n\"]", "privacy.delta=1e-9", "seed=-7"), 3000, 41);
    byte[] canonical = StudyPlans.canonicalBytes(plan);
    assertThat(StudyPlans.readCanonical(canonical)).isEqualTo(plan);
    assertThat(StudyPlans.canonicalBytes(StudyPlans.readCanonical(canonical))).isEqualTo(canonical);
  }

  @Test
  void readCanonical_unresolvedPlan_isRefused() throws Exception {
    byte[] unresolved = StudyPlans.canonicalBytes(plan());
    assertThatThrownBy(() -> StudyPlans.readCanonical(unresolved))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "study plan: privacy.sigma, queries.limit and classSums.features must be resolved");
  }

  @Test
  void readCanonical_missingKey_isNotFilledIn() throws Exception {
    String text = new String(StudyPlans.canonicalBytes(resolved()), StandardCharsets.UTF_8);
    byte[] without = text.replace("\"seed\":1,", "").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> StudyPlans.readCanonical(without))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("study plan: the key seed is missing");
  }

  @Test
  void readCanonical_unknownKey_isRefused() throws Exception {
    String text = new String(StudyPlans.canonicalBytes(resolved()), StandardCharsets.UTF_8);
    byte[] with =
        text.replace("\"seed\":1,", "\"seed\":1,\"extra\":1,").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> StudyPlans.readCanonical(with))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("unknown key extra");
  }

  @Test
  void readCanonical_noise_isRefused() {
    for (String text : List.of("", "[]", "{", "null", "\0\1\2", "{\"study\":{}}")) {
      assertThatThrownBy(() -> StudyPlans.readCanonical(text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageStartingWith("study plan");
    }
  }

  private static StudyPlan planOf(int classes, String... overrides) throws InvalidConfigException {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("task.classes=["
        + IntStream.range(0, classes).mapToObj(c -> "c" + c).collect(Collectors.joining(", "))
        + "]");
    return plan(all.toArray(String[]::new));
  }

  @Test
  void blocks_underSecureAggregation_areLarge() throws Exception {
    StudyPlan plan = planOf(256, "privacy.aggregation=secure", "cohort.minimum=3");
    assertThat(StudyPlans.blocks(plan, 5000))
        .containsExactly(new SampleRange(0, 4096), new SampleRange(4096, 904));
  }

  @Test
  void blocks_coverTheQueriesOnceWithAShortLast() throws Exception {
    // 2^16 integers a block.
    assertThat(StudyPlans.blocks(planOf(256), 600))
        .containsExactly(
            new SampleRange(0, 256), new SampleRange(256, 256), new SampleRange(512, 88));
    assertThat(StudyPlans.blocks(planOf(256), 256)).containsExactly(new SampleRange(0, 256));
  }

  @Test
  void classSums_areOneQuestionOfWholeWidth() throws Exception {
    StudyPlan plan = StudyNoise.resolve(
        planOf(3, "privacy.mechanism=class-sums", "classSums.features=20"), 5000);
    assertThat(plan.queries().limit()).isEqualTo(1);
    assertThat(StudyPlans.blocks(plan)).containsExactly(new SampleRange(0, 1));
    assertThat(StudyNoise.mechanism(plan))
        .isEqualTo(new DiscreteGaussianFeatures(
            63, StudyPlan.ClassSums.NORM, plan.privacy().sigma()));
    Zcdp budget =
        Conversion.budget(new ApproxDp(plan.privacy().epsilon(), plan.privacy().delta()));
    assertThat(StudyNoise.cost(plan)).isLessThanOrEqualTo(budget);
    // A sixth less noise would not do.
    assertThat(new DiscreteGaussianFeatures(
                63, StudyPlan.ClassSums.NORM, plan.privacy().sigma() * 5 / 6)
            .cost(1))
        .isGreaterThan(budget);
    assertThat(plan.rowsPerNode()).isEqualTo(100_000);
    assertThat(plan.teachersPerNode()).isZero();
    assertThat(StudyPlans.readCanonical(StudyPlans.canonicalBytes(plan))).isEqualTo(plan);
  }

  @Test
  void classSums_underSecureAggregation_shareTheirNoise() throws Exception {
    // A feature for every 40 samples.
    StudyPlan asked = planOf(3, "privacy.mechanism=class-sums");
    StudyPlan alone = StudyNoise.resolve(asked, 5000, SampleShape.image(1, 8, 8));
    assertThat(alone.classSums().features()).isEqualTo(125);
    // And of a table at most 96, or 64 where there are many classes, and 8 at least.
    assertThat(StudyNoise.resolve(asked, 9000, SampleShape.row(200)).classSums().features())
        .isEqualTo(96);
    assertThat(StudyNoise.resolve(
                planOf(16, "privacy.mechanism=class-sums"), 9000, SampleShape.row(200))
            .classSums()
            .features())
        .isEqualTo(80);
    assertThat(StudyNoise.resolve(
                planOf(37, "privacy.mechanism=class-sums"), 9000, SampleShape.row(200))
            .classSums()
            .features())
        .isEqualTo(64);
    assertThat(StudyNoise.resolve(asked, 100).classSums().features()).isEqualTo(8);
    StudyPlan plan = StudyNoise.resolve(
        planOf(
            3,
            "privacy.mechanism=class-sums",
            "privacy.aggregation=secure",
            "cohort.minimum=10",
            "cohort.colluders=1"),
        5000,
        SampleShape.image(1, 8, 8));
    assertThat(StudyNoise.mechanism(plan))
        .isEqualTo(
            new SummedFeatures(126 * 3, StudyPlan.ClassSums.NORM, plan.privacy().sigma(), 9));
    assertThat(plan.privacy().sigma() * 3.0 / alone.privacy().sigma()).isBetween(0.999, 1.001);
    assertThat(SecureSums.sums(plan, 10).lanes()).isEqualTo(126 * 3);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          queries.limit=100       | queries.limit must be 0, or queries.rounds, for privacy.mechanism: class-sums
          queries.plan=random     | queries.plan must be all for privacy.mechanism: class-sums
          privacy.labelGrid=3     | privacy.labelGrid must be 1 for privacy.mechanism: class-sums
          student.rehearsal='on'  | student.selfTraining and student.rehearsal must be auto or off, and off
          student.features=hint   | student.features must be none for privacy.mechanism: class-sums, which has no teachers
          student.selfTraining='on' | student.selfTraining and student.rehearsal must be auto or off, and off
          classSums.features=4000 | classSums.features must be at most 3275 for 20 classes: 4000
          """)
  void classSums_whatTheyCannotBe_isNamed(String override, String message) {
    assertThatThrownBy(() -> planOf(20, "privacy.mechanism=class-sums", override))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          student.architecture=linear  | student.architecture must have a hidden layer
          hints.dimensions=33          | hints.dimensions must be at most the width of the last hidden layer of mlp-64-32, 32: 33
          student.warmUpEpochs=0       | student.warmUpEpochs must be at least 1 for student.features: progressive
          """)
  void hints_whatTheyCannotBe_isNamed(String override, String message) {
    assertThatThrownBy(
            () -> plan("student.features=progressive", "teachers.architecture=mlp-64-32", override))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void hints_shareTheBudgetWithLabels() throws Exception {
    StudyPlan plan = StudyNoise.resolve(
        planOf(
            3,
            "student.features=hint",
            "teachers.architecture=mlp-32",
            "hints.dimensions=8",
            "hints.share=0.5",
            "privacy.labelGrid=5"),
        600);
    // 512 sqrt(2) / 5 = 144.8.
    assertThat(StudyNoise.mechanism(plan))
        .isEqualTo(new DiscreteGaussianHints(
            new LabelGrid(5), 145, 3, 8, 512, plan.privacy().sigma()));
    assertThat(StudyNoise.labelUnits(plan)).isEqualTo(new LabelGrid(725));
    assertThat(StudyNoise.width(plan)).isEqualTo(11);
    assertThat(StudyNoise.cost(plan))
        .isLessThanOrEqualTo(Conversion.budget(
            new ApproxDp(plan.privacy().epsilon(), plan.privacy().delta())));
    assertThat(StudyPlans.readCanonical(StudyPlans.canonicalBytes(plan))).isEqualTo(plan);
    StudyPlan secure = StudyNoise.resolve(
        plan(
            "student.features=progressive",
            "teachers.architecture=cnn-small",
            "privacy.aggregation=secure",
            "cohort.minimum=10",
            "cohort.colluders=1"),
        600);
    // 512 sqrt(2 * 0.8 / 0.2) = 1448.2.
    assertThat(StudyNoise.mechanism(secure))
        .isEqualTo(
            new SummedHints(LabelGrid.VOTE, 1448, 2, 16, 512, secure.privacy().sigma(), 9));
    assertThat(SecureSums.sums(secure, 10).lanes()).isEqualTo(600 * 18);
  }

  @Test
  void hints_anyLabelGridAndShare_haveAWeightThatFits() throws Exception {
    for (int grid : new int[] {1, 2, 20, 255}) {
      for (double share : new double[] {0.05, 0.2, 0.5, 0.9}) {
        StudyPlan plan = plan(
            "student.features=hint",
            "teachers.architecture=mlp-32",
            "hints.share=" + share,
            "privacy.labelGrid=" + grid);
        double label = 2 * Math.pow(StudyNoise.labelUnits(plan).size(), 2);
        double hint = 4.0 * StudyPlan.Hints.NORM * StudyPlan.Hints.NORM;
        assertThat(hint / (label + hint)).isBetween(share - 0.1, share + 0.1);
      }
    }
  }

  @Test
  void resolve_rounds_shareTheQuestionsAndAreBlocksOfTheirOwn() throws Exception {
    StudyPlan plan = StudyNoise.resolve(
        plan("queries.plan=active", "queries.rounds=3", "queries.limit=10"), 5000);
    assertThat(StudyRounds.ranges(plan))
        .containsExactly(new SampleRange(0, 3), new SampleRange(3, 3), new SampleRange(6, 4));
    assertThat(StudyPlans.blocks(plan)).isEqualTo(StudyRounds.ranges(plan));
    assertThat(StudyRounds.roundOf(plan, 2)).isZero();
    assertThat(StudyRounds.roundOf(plan, 9)).isEqualTo(2);
    assertThat(StudyRounds.firstInput(plan)).isZero();
    assertThatThrownBy(() -> StudyRounds.roundOf(plan, 10))
        .hasMessage("question must be below 10: 10");
  }

  @Test
  void resolve_roundsOfClassSums_areAQuestionEachAtMoreNoise() throws Exception {
    StudyPlan one =
        StudyNoise.resolve(plan("privacy.mechanism=class-sums"), 5000, SampleShape.image(1, 8, 8));
    StudyPlan four = StudyNoise.resolve(
        plan("privacy.mechanism=class-sums", "queries.rounds=4"), 5000, SampleShape.image(1, 8, 8));
    // A feature for every 18 public images instead of 40.
    assertThat(one.classSums().features()).isEqualTo(125);
    assertThat(four.classSums().features()).isEqualTo(277);
    assertThat(four.queries().limit()).isEqualTo(4);
    assertThat(StudyPlans.blocks(four)).hasSize(4);
    assertThat(StudyRounds.firstInput(four)).isEqualTo(1);
    // Four times the questions at one loss: twice the noise.
    assertThat((double) four.privacy().sigma() / one.privacy().sigma()).isBetween(1.999, 2.001);
    assertThat(StudyPlans.readCanonical(StudyPlans.canonicalBytes(four))).isEqualTo(four);
  }

  @Test
  void resolve_fewerSamplesThanRounds_isRefused() throws Exception {
    StudyPlan plan = plan("queries.plan=active", "queries.rounds=3");
    assertThatThrownBy(() -> StudyNoise.resolve(plan, 2))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("queries.rounds must be at most the 2 samples asked for: 3");
  }

  @Test
  void checkShape_convolutionOnFeatures_namesTheKey() throws Exception {
    StudyPlan plan = plan("teachers.architecture=cnn-small", "teachers.features=16");
    StudyPlans.checkShape(plan("teachers.features=16"), null, SampleShape.image(1, 8, 8));
    assertThatThrownBy(() -> StudyPlans.checkShape(plan, null, SampleShape.image(1, 8, 8)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("teachers.architecture must fit the transfer set: cnn-small");
  }

  @Test
  void checkShape_views_areThoseOfTheSchema() throws Exception {
    TableSchema schema = TableSchema.parse("""
        features:
          - { column: a, kind: numeric, mean: 0, scale: 1, view: first }
          - { column: b, kind: numeric, mean: 0, scale: 1, view: second }
        """);
    StudyPlans.checkShape(
        plan("teachers.view=first", "student.view=second", "student.architecture=linear"),
        schema,
        schema.shape());
    StudyPlan unknown = plan("teachers.view=third", "student.architecture=linear");
    assertThatThrownBy(() -> StudyPlans.checkShape(unknown, schema, schema.shape()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "teachers.view must be one of the transfer set's views, first, second, or '' for"
                + " all columns: third");
    StudyPlan ofImages = plan("student.view=first");
    assertThatThrownBy(() -> StudyPlans.checkShape(ofImages, null, SampleShape.image(1, 8, 8)))
        .hasMessage("student.view must be '' for a transfer set without views: first");
  }

  @Test
  void checkShape_convolutionOnATable_namesTheKey() throws Exception {
    StudyPlan plan = plan("student.architecture=cnn-small");
    assertThatThrownBy(() -> StudyPlans.checkShape(plan, null, SampleShape.row(12)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("student.architecture")
        .hasMessageContaining("cnn-small")
        .hasMessageContaining("12");
  }
}
