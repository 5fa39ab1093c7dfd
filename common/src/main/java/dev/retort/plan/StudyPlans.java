package dev.retort.plan;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.data.SampleShape;
import dev.retort.data.TableSchema;
import dev.retort.label.LabelBlockCodec;
import dev.retort.learn.Architecture;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.learn.UnknownDeviceException;
import dev.retort.plan.StudyPlan.ClassSums;
import dev.retort.transfer.SampleRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reading, resolving and writing study plans. Stateless and safe for use by several threads. */
public final class StudyPlans {

  private static final JsonMapper CANONICAL = JsonMapper.builder()
      .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
      // Else a record's components would stand in the order of their declaration.
      .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .build();

  private static final String DEFAULTS = defaults();

  private StudyPlans() {}

  /**
   * Reads a study file.
   *
   * @throws InvalidConfigException naming the key, the rule and the value
   */
  public static StudyFile readFile(String name, String yaml, List<String> overrides)
      throws InvalidConfigException {
    ObjectNode tree = StrictYaml.tree(name, yaml, DEFAULTS, overrides);
    JsonNode evaluation = tree.remove("evaluation");
    if (evaluation instanceof ObjectNode keys) {
      // A key that may be absent must still be there for a strict binding.
      Stream.of("images", "labels", "table")
          .filter(key -> keys.get(key) == null)
          .forEach(keys::putNull);
    }
    @Nullable
    EvaluationSource source = evaluation == null || evaluation.isNull()
        ? null
        : StrictYaml.bind(name, evaluation, EvaluationSource.class);
    return new StudyFile(checked(name, StrictYaml.bind(name, tree, StudyPlan.class)), source);
  }

  /**
   * Reads a resolved plan that a coordinator offers.
   *
   * @throws InvalidConfigException if it is not a complete and resolved plan
   */
  public static StudyPlan readCanonical(byte[] canonical) throws InvalidConfigException {
    String text = new String(canonical, StandardCharsets.UTF_8);
    StudyPlan plan =
        checked("study plan", StrictYaml.read("study plan", text, "", List.of(), StudyPlan.class));
    boolean sized = plan.privacy().mechanism() != MechanismKind.CLASS_SUMS
        || plan.classSums().features() > 0;
    if (plan.privacy().sigma() < 1 || plan.queries().limit() < 1 || !sized) {
      throw new InvalidConfigException(
          "study plan: privacy.sigma, queries.limit and classSums.features must be resolved");
    }
    return plan;
  }

  /** The plan with the sample count and the noise filled in. */
  public static StudyPlan resolve(StudyPlan plan, int limit, int sigma) {
    return with(plan, plan.classSums(), plan.privacy().aggregation(), limit, sigma);
  }

  /** The plan with the count of class sums' features filled in. */
  static StudyPlan withFeatures(StudyPlan plan, long samples, @Nullable SampleShape shape) {
    ClassSums asked = plan.classSums();
    int features = asked.features() > 0
        ? asked.features()
        : ClassSums.bornBy(
            samples, shape, plan.labelSpace().size(), plan.queries().rounds());
    return with(
        plan,
        new ClassSums(features, asked.units()),
        plan.privacy().aggregation(),
        plan.queries().limit(),
        plan.privacy().sigma());
  }

  /** The plan with another aggregation, and its noise to be derived anew. */
  static StudyPlan withAggregation(StudyPlan plan, Aggregation aggregation) {
    return with(plan, plan.classSums(), aggregation, plan.queries().limit(), 0);
  }

  private static StudyPlan with(
      StudyPlan plan, ClassSums classSums, Aggregation aggregation, int limit, int sigma) {
    StudyPlan.Privacy p = plan.privacy();
    return new StudyPlan(
        plan.study(),
        plan.task(),
        plan.transferSet(),
        new StudyPlan.Privacy(
            p.epsilon(),
            p.delta(),
            p.unit(),
            p.mechanism(),
            p.labelGrid(),
            aggregation,
            p.answers(),
            sigma),
        new StudyPlan.Queries(plan.queries().plan(), limit, plan.queries().rounds()),
        plan.teachers(),
        classSums,
        plan.hints(),
        plan.student(),
        plan.cohort(),
        plan.seed());
  }

  /** The plan as JSON with sorted keys and no white space, in UTF-8. */
  public static byte[] canonicalBytes(StudyPlan plan) {
    return CANONICAL.writeValueAsBytes(plan);
  }

  /** The blocks in which a site answers a resolved plan: each one release, charged for itself. */
  public static List<SampleRange> blocks(StudyPlan plan) {
    return blocks(plan, plan.queries().limit());
  }

  static List<SampleRange> blocks(StudyPlan plan, int limit) {
    int width = StudyNoise.width(plan);
    int most = switch (plan.privacy().aggregation()) {
      case LOCAL -> LabelBlockCodec.samplesPerBlock(width);
      case SECURE -> SecureSums.samplesPerBlock(width);
    };
    List<SampleRange> blocks = new ArrayList<>();
    for (SampleRange round : StudyRounds.ranges(plan, limit)) {
      for (long first = round.first(); first < round.end(); first += most) {
        blocks.add(new SampleRange(first, (int) Math.min(most, round.end() - first)));
      }
    }
    return List.copyOf(blocks);
  }

  /**
   * Holds the plan's views against the schema of the transfer samples, and its architectures against their shape.
   *
   * @param schema null for images
   * @throws InvalidConfigException naming the key
   */
  public static void checkShape(StudyPlan plan, @Nullable TableSchema schema, SampleShape shape)
      throws InvalidConfigException {
    StudyViews views = StudyViews.of(plan, schema);
    int features = plan.teachers().features();
    checkShape(
        plan,
        "teachers.architecture",
        plan.teachers().architecture(),
        features == 0 ? views.teachers().of(shape) : SampleShape.row(features));
    checkShape(
        plan,
        "student.architecture",
        plan.student().architecture(),
        views.student().of(shape));
  }

  private static void checkShape(StudyPlan plan, String key, String architecture, SampleShape shape)
      throws InvalidConfigException {
    try {
      Architecture.parse(architecture).parameters(shape, plan.labelSpace().size());
    } catch (UnknownArchitectureException | IllegalArgumentException e) {
      throw new InvalidConfigException(
          key + " must fit the transfer set: " + architecture + ": " + e.getMessage());
    }
  }

  private static StudyPlan checked(String name, StudyPlan plan) throws InvalidConfigException {
    checkArchitecture(name, "teachers.architecture", plan.teachers().architecture());
    checkArchitecture(name, "student.architecture", plan.student().architecture());
    if (plan.asksForHints()) {
      int hidden = requireHidden(name, "teachers.architecture", plan.teachers().architecture());
      requireHidden(name, "student.architecture", plan.student().architecture());
      if (plan.hints().dimensions() > hidden) {
        throw new InvalidConfigException(
            name + ": hints.dimensions must be at most the width of the last hidden layer of "
                + plan.teachers().architecture() + ", " + hidden + ": "
                + plan.hints().dimensions());
      }
    }
    try {
      DeviceChoice.parse(plan.teachers().device());
    } catch (UnknownDeviceException e) {
      throw new InvalidConfigException(name + ": teachers.device: " + e.getMessage());
    }
    return plan;
  }

  /** The width of the last hidden layer. */
  private static int requireHidden(String name, String key, String value)
      throws InvalidConfigException {
    return checkArchitecture(name, key, value)
        .hiddenWidth()
        .orElseThrow(() -> new InvalidConfigException(name + ": " + key
            + " must have a hidden layer for student.features: hint or progressive,"
            + " such as mlp-32; or set student.features to none: " + value));
  }

  private static Architecture checkArchitecture(String name, String key, String value)
      throws InvalidConfigException {
    try {
      return Architecture.parse(value);
    } catch (UnknownArchitectureException e) {
      throw new InvalidConfigException(name + ": " + key + ": " + e.getMessage());
    }
  }

  private static String defaults() {
    try (InputStream in = StudyPlans.class.getResourceAsStream("defaults.yaml")) {
      if (in == null) {
        throw new IllegalStateException("defaults.yaml is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
