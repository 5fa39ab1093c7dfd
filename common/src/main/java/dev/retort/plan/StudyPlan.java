package dev.retort.plan;

import dev.retort.data.SampleShape;
import dev.retort.label.LabelSpace;
import dev.retort.privacy.Mechanism;
import dev.retort.transfer.MalformedReferenceException;
import dev.retort.transfer.TransferSetRef;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a study asks of every site and does with the answers. Its {@linkplain StudyPlans#canonicalBytes canonical
 * bytes} are what the coordinator offers, and their digest is what a site approves: nothing that changes what leaves a
 * site may stand outside it.
 *
 * @param study a name of 1 to 64 characters a-z, 0-9 and '-'
 * @param task what is to be predicted
 * @param transferSet the public samples, by name and digest
 * @param privacy what each site spends, and on what noise
 * @param queries which transfer samples are asked for
 * @param teachers how each site trains, if teachers answer
 * @param classSums what each site adds up, if class sums answer
 * @param hints what teachers tell of their hidden layers, if the student's features are to learn from them
 * @param student how the coordinator distils
 * @param cohort how many sites are waited for, and how long
 * @param seed for training alone, teachers' and student's; noise has no seed
 */
public record StudyPlan(
    String study,
    Task task,
    String transferSet,
    Privacy privacy,
    Queries queries,
    Teachers teachers,
    ClassSums classSums,
    Hints hints,
    Student student,
    Cohort cohort,
    long seed) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern STUDY_ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,79}");
  private static final Pattern VIEW = Pattern.compile("[a-z0-9-]{1,64}");

  public StudyPlan {
    require(
        NAME.matcher(study).matches(), "study", "1 to 64 characters of a-z, 0-9 and '-'", study);
    reference(transferSet);
    if (privacy.mechanism() == MechanismKind.CLASS_SUMS) {
      require(
          queries.plan() == QueryOrder.ALL,
          "queries.plan",
          "all for privacy.mechanism: class-sums, which asks for no sample",
          queries.plan());
      require(
          queries.limit() == 0 || queries.limit() == queries.rounds(),
          "queries.limit",
          "0, or queries.rounds, for privacy.mechanism: class-sums, which asks one question a round",
          queries.limit());
      require(
          privacy.labelGrid() == 1,
          "privacy.labelGrid",
          "1 for privacy.mechanism: class-sums",
          privacy.labelGrid());
      require(
          student.selfTraining() != SelfTraining.ON && student.rehearsal() == Switch.OFF,
          "student.selfTraining and student.rehearsal",
          "auto or off, and off, for privacy.mechanism: class-sums, which labels no sample",
          student.selfTraining() + ", " + student.rehearsal());
      require(
          classSums.width(task.labelSpace().size()) <= Mechanism.MAX_WIDTH,
          "classSums.features",
          "at most " + (Mechanism.MAX_WIDTH / task.labelSpace().size() - 1) + " for "
              + task.labelSpace().size() + " classes",
          classSums.features());
      require(
          student.features() == Features.NONE,
          "student.features",
          "none for privacy.mechanism: class-sums, which has no teachers to give hints",
          student.features());
      require(
          student.after().isEmpty(),
          "student.after",
          "'' for privacy.mechanism: class-sums, which is what comes first",
          student.after());
      require(
          student.classShares() == ClassShares.LABELS,
          "student.classShares",
          "labels for privacy.mechanism: class-sums, which labels no sample",
          student.classShares());
    }
    if (privacy.mechanism() == MechanismKind.DISCRETE_GAUSSIAN) {
      requireRounds(queries);
    }
    if (privacy.aggregation() == Aggregation.SECURE) {
      SecureSums.requirePossible(cohort);
    }
  }

  /** The public samples, parsed. */
  public TransferSetRef transferSetRef() {
    return reference(transferSet);
  }

  /** How many teachers each site trains. */
  public int teachersPerNode() {
    return switch (privacy.mechanism()) {
      case DISCRETE_GAUSSIAN -> teachers.perNode();
      case CLASS_SUMS -> 0;
    };
  }

  /** How many rows each site adds up for an answer: one a teacher, or one a privacy unit. */
  public int rowsPerNode() {
    return switch (privacy.mechanism()) {
      case DISCRETE_GAUSSIAN -> teachers.perNode();
      case CLASS_SUMS -> classSums.units();
    };
  }

  /** Whether the classifier of an earlier study joins the labels. */
  public boolean comesAfterAnother() {
    return !student.after().isEmpty();
  }

  /** Whether teachers give hints beside their labels. */
  public boolean asksForHints() {
    return student.features() != Features.NONE;
  }

  /** The classes, as a label space. */
  public LabelSpace labelSpace() {
    return task.labelSpace();
  }

  /**
   * What is to be predicted.
   *
   * @param kind the kind of task
   * @param classes the class names, at least two, in label order
   */
  public record Task(TaskKind kind, List<String> classes) {
    public Task {
      classes = new LabelSpace(classes).classes();
    }

    LabelSpace labelSpace() {
      return new LabelSpace(classes);
    }
  }

  /**
   * What each site spends, and on what noise.
   *
   * @param epsilon the bound on each site's loss in this study, over 0 and finite
   * @param delta the probability beside it, in (0, 1)
   * @param unit what one neighbouring data set replaces, such as {@code patient}
   * @param mechanism the noise
   * @param labelGrid S, the integer total of one teacher's label; 1 is a vote
   * @param aggregation whether each site's noise protects it alone, or all sites' together does
   * @param answers what a block holds
   * @param sigma the standard deviation of the noise that each site adds, in grid units; 0 in a study file asks for the
   *     smallest that fits epsilon, and a resolved plan holds it
   */
  public record Privacy(
      double epsilon,
      double delta,
      String unit,
      MechanismKind mechanism,
      int labelGrid,
      Aggregation aggregation,
      Answers answers,
      int sigma) {
    public Privacy {
      require(
          epsilon > 0 && Double.isFinite(epsilon), "privacy.epsilon", "> 0 and finite", epsilon);
      require(delta > 0 && delta < 1, "privacy.delta", "> 0 and < 1", delta);
      require(!unit.isBlank() && unit.length() <= 64, "privacy.unit", "1 to 64 characters", unit);
      require(labelGrid >= 1 && labelGrid <= 255, "privacy.labelGrid", "in [1, 255]", labelGrid);
      require(
          sigma >= 0 && sigma < 1 << 24, "privacy.sigma", "in [1, 2^24), or 0 to derive it", sigma);
    }
  }

  /**
   * What is asked for.
   *
   * @param plan which transfer samples
   * @param limit at most how many questions; 0 for the whole transfer set, and a resolved plan holds the count
   * @param rounds how many rounds the questions are spread over: what a later one asks depends on earlier answers
   */
  public record Queries(QueryOrder plan, int limit, int rounds) {

    /** The most rounds of a study. */
    public static final int MOST_ROUNDS = 20;

    public Queries {
      require(limit >= 0, "queries.limit", ">= 0", limit);
      require(
          rounds >= 1 && rounds <= MOST_ROUNDS,
          "queries.rounds",
          "in [1, " + MOST_ROUNDS + "]",
          rounds);
    }
  }

  /**
   * How each site trains. Every number is the plan's: a site's data decide none of them.
   *
   * @param perNode teachers, and so shards, at each site
   * @param architecture the teachers' architecture
   * @param view the view of a sample that sites' answers come from, teachers' or class sums'; empty for all of it
   * @param features how many features of a sample they see, learnt from the transfer set alone; 0 for the sample itself
   * @param epochs passes of a teacher over its own shard
   * @param batchSize samples a step
   * @param learningRate of Adam
   * @param device where to train, unless the site's own configuration says
   */
  public record Teachers(
      int perNode,
      String architecture,
      String view,
      int features,
      int epochs,
      int batchSize,
      double learningRate,
      String device) {
    public Teachers {
      require(perNode >= 1 && perNode <= 100_000, "teachers.perNode", "in [1, 100000]", perNode);
      requireView("teachers.view", view);
      require(features >= 0 && features <= 1024, "teachers.features", "in [0, 1024]", features);
      requireTraining("teachers", epochs, batchSize, learningRate);
    }
  }

  /**
   * What a site adds up under {@code privacy.mechanism: class-sums}. Each privacy unit is one row: for each class the sum
   * of its records' public features, all of it clipped to one L2 norm. No teacher is trained.
   *
   * @param features public features of a record, learnt from the transfer set alone; a constant one comes on top. 0 in a
   *     study file asks for as many as the transfer set bears, and a resolved plan holds the count
   * @param units the most privacy units that a site adds up; of more, a keyed hash leaves some out
   */
  public record ClassSums(int features, int units) {

    /** The bound on the L2 norm of one unit's row, in grid units; a record of median length in the transfer set has it. */
    public static final int NORM = 1 << 14;

    private static final int SAMPLES_A_FEATURE = 40;
    private static final int SAMPLES_A_FEATURE_IN_ROUNDS = 18;
    private static final int FEWEST_UNASKED = 8;
    private static final int MOST_OF_IMAGES = 256;
    private static final int MOST_OF_IMAGES_IN_ROUNDS = 512;
    private static final int MOST_OF_TABLES = 96;
    private static final int MOST_OF_TABLES_OF_MANY_CLASSES = 64;
    private static final int MOST_ENTRIES_OF_TABLES = 1280;

    public ClassSums {
      require(features >= 0 && features <= 4096, "classSums.features", "in [0, 4096]", features);
      require(units >= 1 && units <= 100_000, "classSums.units", "in [1, 100000]", units);
    }

    /**
     * The features that so many public samples bear: with more, what is fitted to the sums follows the few samples that
     * stand in for the private ones. Columns of a table tell less than the places of an image, and the less, the fewer records
     * a class has; and of images later rounds need less of the public samples.
     *
     * @param shape of a sample; null for a table's
     * @param rounds of the study
     */
    static int bornBy(long samples, @Nullable SampleShape shape, int classes, int rounds) {
      boolean image = shape != null && shape.isImage();
      boolean goesOn = image && rounds > 1;
      long ofTables = Math.max(
          MOST_OF_TABLES_OF_MANY_CLASSES,
          Math.min(MOST_OF_TABLES, MOST_ENTRIES_OF_TABLES / classes));
      long useful = goesOn ? MOST_OF_IMAGES_IN_ROUNDS : image ? MOST_OF_IMAGES : ofTables;
      long most = Math.min(useful, Mechanism.MAX_WIDTH / classes - 1);
      long born = samples / (goesOn ? SAMPLES_A_FEATURE_IN_ROUNDS : SAMPLES_A_FEATURE);
      return (int) Math.max(1, Math.min(most, Math.max(FEWEST_UNASKED, born)));
    }

    /** Entries of a row: a feature and the constant by a class. */
    public int width(int classes) {
      return (features + 1) * classes;
    }
  }

  /**
   * What teachers tell of their hidden layers under {@code student.features: hint} or {@code progressive}. Beside its label
   * each gives, for a sample, how far its last hidden layer has moved from that of the public network all teachers began
   * as, seen in a public random projection and clipped to one L2 norm.
   *
   * @param dimensions of the projection, at most the width of the teachers' last hidden layer
   * @param share of the privacy budget that hints get, and labels the rest: of each answer's squared L2 sensitivity
   * @param weight of the hints' squared error against the other losses
   */
  public record Hints(int dimensions, double share, double weight) {

    /** The bound on the L2 norm of one teacher's hint, in grid units: rounding to them is far below any noise. */
    public static final int NORM = 1 << 9;

    public Hints {
      require(dimensions >= 1 && dimensions <= 256, "hints.dimensions", "in [1, 256]", dimensions);
      require(share >= 0.05 && share <= 0.9, "hints.share", "in [0.05, 0.9]", share);
      require(weight > 0 && weight <= 100, "hints.weight", "in (0, 100]", weight);
    }

    /**
     * Grid units that 1 of a label of total {@code labelGrid} counts, so that the hint has its share as nearly as whole
     * numbers allow: 4 NORM^2 of 2 (labelGrid weight)^2 + 4 NORM^2.
     */
    int unitsPerLabelUnit(int labelGrid) {
      double even = NORM * Math.sqrt(2 * (1 - share) / share) / labelGrid;
      return (int) Math.max(1, Math.round(even));
    }
  }

  /**
   * How the coordinator distils.
   *
   * @param architecture the student's architecture
   * @param view the view of a sample that the student reads; empty for all of it
   * @param temperature T of the softened distributions, over 0
   * @param alpha the weight of T^2 KL against 1 - alpha of cross-entropy, in [0, 1]
   * @param warmUpEpochs passes of squared error on the unbiased means before the first KL step
   * @param epochs passes of the distillation loss
   * @param batchSize samples a step
   * @param learningRate of Adam
   * @param features whether and when the student's hidden layer learns from hints
   * @param generations students trained in turn, each also from what the last one says
   * @param selfTraining whether labels are made alike among neighbours once more
   * @param rehearsal whether students are first trained without a fifth of the labels, which then choose the settings
   * @param consistency whether the student must say of strong variations what it says of the samples
   * @param dynamic whether ambiguous samples are softened less than clear ones
   * @param after the id of an earlier study of class sums over the same transfer set, whose classifier joins the labels;
   *     empty for none
   * @param classShares how frequent the classes are among the public samples
   */
  public record Student(
      String architecture,
      String view,
      double temperature,
      double alpha,
      int warmUpEpochs,
      int epochs,
      int batchSize,
      double learningRate,
      Features features,
      int generations,
      SelfTraining selfTraining,
      Switch rehearsal,
      AutoSwitch consistency,
      Switch dynamic,
      String after,
      ClassShares classShares) {
    public Student {
      requireView("student.view", view);
      require(
          temperature > 0 && temperature <= 100, "student.temperature", "in (0, 100]", temperature);
      require(alpha >= 0 && alpha <= 1, "student.alpha", "in [0, 1]", alpha);
      require(
          warmUpEpochs >= 0 && warmUpEpochs <= 10_000,
          "student.warmUpEpochs",
          "in [0, 10000]",
          warmUpEpochs);
      requireTraining("student", epochs, batchSize, learningRate);
      require(
          features != Features.PROGRESSIVE || warmUpEpochs >= 1,
          "student.warmUpEpochs",
          "at least 1 for student.features: progressive, whose warm-up fits the hints",
          warmUpEpochs);
      require(
          generations >= 1 && generations <= 10, "student.generations", "in [1, 10]", generations);
      require(
          after.isEmpty() || STUDY_ID.matcher(after).matches(),
          "student.after",
          "'' for none, or the id of a study, of a-z, 0-9 and '-'",
          after);
    }
  }

  /**
   * How many sites are waited for, and how long.
   *
   * @param minimum sites that must have answered in full before a student is distilled; under secure aggregation, sites
   *     that must be ready before any of them answers
   * @param colluders under secure aggregation, the most sites that are assumed to work with the coordinator against the
   *     others; else of no meaning
   * @param maxExcluded under secure aggregation, the most sites that may vanish after the answers were asked for; else of
   *     no meaning
   * @param deadline after which those that have not answered are left out
   */
  public record Cohort(int minimum, int colluders, int maxExcluded, Duration deadline) {
    public Cohort {
      require(minimum >= 1 && minimum <= 100_000, "cohort.minimum", "in [1, 100000]", minimum);
      require(colluders >= 0 && colluders <= 4096, "cohort.colluders", "in [0, 4096]", colluders);
      require(
          maxExcluded >= 0 && maxExcluded <= 4096,
          "cohort.maxExcluded",
          "in [0, 4096]",
          maxExcluded);
      require(
          !deadline.isNegative() && !deadline.isZero() && deadline.toDays() <= 365,
          "cohort.deadline",
          "a positive ISO-8601 duration of at most P365D",
          deadline);
    }
  }

  private static TransferSetRef reference(String transferSet) {
    try {
      return TransferSetRef.parse(transferSet);
    } catch (MalformedReferenceException e) {
      throw new IllegalArgumentException("transferSet: " + e.getMessage(), e);
    }
  }

  private static void requireRounds(Queries queries) {
    if (queries.plan() == QueryOrder.ACTIVE) {
      require(
          queries.rounds() > 1,
          "queries.rounds",
          "at least 2 for queries.plan: active, which chooses by the answers of earlier rounds",
          queries.rounds());
      require(
          queries.limit() == 0 || queries.limit() >= queries.rounds(),
          "queries.limit",
          "0, or at least queries.rounds",
          queries.limit());
    } else {
      require(
          queries.rounds() == 1,
          "queries.rounds",
          "1 unless queries.plan is active or privacy.mechanism is class-sums, since no later"
              + " question would depend on an earlier answer",
          queries.rounds());
    }
  }

  private static void requireView(String key, String view) {
    require(
        view.isEmpty() || VIEW.matcher(view).matches(),
        key,
        "'' for all columns, or a view of 1 to 64 of a-z, 0-9 and '-'",
        view);
  }

  private static void requireTraining(
      String section, int epochs, int batchSize, double learningRate) {
    require(epochs >= 1 && epochs <= 10_000, section + ".epochs", "in [1, 10000]", epochs);
    require(
        batchSize >= 1 && batchSize <= 65_536, section + ".batchSize", "in [1, 65536]", batchSize);
    require(
        learningRate > 0 && learningRate <= 1,
        section + ".learningRate",
        "in (0, 1]",
        learningRate);
  }

  private static void require(boolean holds, String name, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule + ": " + value);
    }
  }
}
