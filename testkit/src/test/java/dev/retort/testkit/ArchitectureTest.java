package dev.retort.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The shape of the code: which room may import which, and what may never be called. */
@AnalyzeClasses(packages = "dev.retort", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  /** Left to right. An import only goes left. */
  private static final List<String> COMMON = List.of(
      "config",
      "merkle",
      "tlog",
      "text",
      "image",
      "data",
      "encode",
      "transfer",
      "label",
      "noise",
      "privacy",
      "accounting",
      "audit",
      "ledger",
      "journal",
      "witness",
      "secagg",
      "identity",
      "learn",
      "plan",
      "forecast",
      "auditor",
      "wire");

  private static final List<String> COORDINATOR =
      List.of("study", "enroll", "witness", "round", "aggregate", "student", "store", "grpc");

  private static final List<String> NODE =
      List.of("policy", "shard", "teacher", "release", "session");

  /** What stands in the way of a seed that nobody chose. */
  private static final Set<String> WEAK_RANDOM =
      Set.of(java.util.Random.class.getName(), ThreadLocalRandom.class.getName());

  @ArchTest
  static void commonRooms_importOnlyToTheLeft(JavaClasses all) {
    rooms("dev.retort.", COMMON).forEach(rule -> rule.check(all));
  }

  @ArchTest
  static void coordinatorRooms_importOnlyToTheLeft(JavaClasses all) {
    rooms("dev.retort.coordinator.", COORDINATOR).forEach(rule -> rule.check(all));
  }

  @ArchTest
  static void nodeRooms_importOnlyToTheLeft(JavaClasses all) {
    rooms("dev.retort.node.", NODE).forEach(rule -> rule.check(all));
  }

  @ArchTest
  static final ArchRule LEARN_SEES_DATA_AND_LABELS_ALONE = classes()
      .that()
      .resideInAPackage("dev.retort.learn..")
      .should()
      .onlyDependOnClassesThat(not(resideInAnyPackage("dev.retort.."))
          .or(resideInAnyPackage(
              "dev.retort.learn..",
              "dev.retort.data..",
              "dev.retort.label..",
              "dev.retort.merkle..")));

  @ArchTest
  static final ArchRule THE_WIRE_KNOWS_NO_LEARNING = noClasses()
      .that()
      .resideInAPackage("dev.retort.wire..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.retort.learn..", "dev.retort.plan..");

  @ArchTest
  static final ArchRule MODULES_DEPEND_ONE_WAY = noClasses()
      .that()
      .resideInAnyPackage(
          COMMON.stream().map(room -> "dev.retort." + room + "..").toArray(String[]::new))
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.retort.node..", "dev.retort.coordinator..", "dev.retort.cli..");

  @ArchTest
  static final ArchRule NODE_KNOWS_NO_COORDINATOR = noClasses()
      .that()
      .resideInAPackage("dev.retort.node..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.retort.coordinator..", "dev.retort.cli..");

  @ArchTest
  static final ArchRule COORDINATOR_KNOWS_NO_NODE = noClasses()
      .that()
      .resideInAPackage("dev.retort.coordinator..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.retort.node..", "dev.retort.cli..");

  /** Who reviews the protocol reads this room, the tree of digests, the source of noise and a signer's interface. */
  @ArchTest
  static final ArchRule SECURE_SUMS_SEE_LITTLE = classes()
      .that()
      .resideInAPackage("dev.retort.secagg..")
      .should()
      .onlyDependOnClassesThat(not(resideInAnyPackage("dev.retort.."))
          .or(resideInAnyPackage(
              "dev.retort.secagg..",
              "dev.retort.merkle..",
              "dev.retort.noise..",
              "dev.retort.tlog..")));

  @ArchTest
  static final ArchRule TENSOR_LIBRARIES_STAY_IN_LEARN = noClasses()
      .that()
      .resideOutsideOfPackage("dev.retort.learn..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("ai.djl..", "org.tribuo..");

  @ArchTest
  static final ArchRule ONNX_RUNTIME_STAYS_IN_LEARN_AND_TEXT = noClasses()
      .that()
      .resideOutsideOfPackages("dev.retort.learn..", "dev.retort.text..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule PROTO_STAYS_AT_THE_EDGE = noClasses()
      .that()
      .resideOutsideOfPackages(
          "dev.retort.proto..",
          "dev.retort.wire..",
          "dev.retort.coordinator.enroll..",
          "dev.retort.coordinator.grpc..",
          "dev.retort.node.session..",
          "dev.retort.cli..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.retort.proto..");

  @ArchTest
  static final ArchRule NO_WEAK_RANDOMNESS = noClasses()
      .that()
      .resideOutsideOfPackage("dev.retort.proto..")
      .should()
      .callCodeUnitWhere(calling(
          "java.util.Random, Math.random or ThreadLocalRandom",
          call -> WEAK_RANDOM.contains(call.getTargetOwner().getName())
              || (call.getTargetOwner().isEquivalentTo(Math.class)
                  && call.getName().equals("random"))));

  @ArchTest
  static final ArchRule ONLY_MAIN_ENDS_THE_PROCESS = noClasses()
      .that()
      .doNotHaveFullyQualifiedName("dev.retort.cli.Main")
      .should()
      .callCodeUnitWhere(calling(
          "System.exit or Runtime.halt",
          call -> (call.getTargetOwner().isEquivalentTo(System.class)
                  && call.getName().equals("exit"))
              || (call.getTargetOwner().isEquivalentTo(Runtime.class)
                  && Set.of("exit", "halt").contains(call.getName()))));

  /** The programs' commands hand in a clock and the environment; the libraries take what they are given. */
  @ArchTest
  static final ArchRule NO_WALL_CLOCK_OR_ENVIRONMENT = noClasses()
      .that()
      .resideOutsideOfPackages("dev.retort.cli..", "dev.retort.proto..", "dev.retort.bench..")
      .should()
      .callCodeUnitWhere(
          calling("the wall clock or the environment", ArchitectureTest::readsClockOrEnvironment));

  @ArchTest
  static final ArchRule NOISE_AND_RELEASE_DECLARE_NO_FLOATING_FIELD = fields()
      .that()
      .areDeclaredInClassesThat()
      .resideInAnyPackage("dev.retort.noise..", "dev.retort.secagg..", "dev.retort.node.release..")
      .should(new ArchCondition<JavaField>("hold no float or double") {
        @Override
        public void check(JavaField field, ConditionEvents events) {
          report(field.getFullName(), isFloating(field.getRawType()), events);
        }
      });

  @ArchTest
  static final ArchRule NOISE_AND_RELEASE_TAKE_AND_GIVE_NO_FLOATING_VALUE = codeUnits()
      .that()
      .areDeclaredInClassesThat()
      .resideInAnyPackage("dev.retort.noise..", "dev.retort.secagg..", "dev.retort.node.release..")
      .should(new ArchCondition<JavaCodeUnit>("take, give and call for no float or double") {
        @Override
        public void check(JavaCodeUnit unit, ConditionEvents events) {
          report(
              unit.getFullName(),
              isFloating(unit.getRawReturnType())
                  || unit.getRawParameterTypes().stream().anyMatch(ArchitectureTest::isFloating),
              events);
          for (JavaAccess<?> access : unit.getAccessesFromSelf()) {
            report(access.getDescription(), touchesFloating(access), events);
          }
        }
      });

  /**
   * Holds more than the two rules above: no instruction of these classes, on locals or otherwise, computes with floats
   * or doubles. What comes in is integer already: the quantiser stands before this, inside each teacher.
   */
  @ArchTest
  static void noiseAndRelease_haveNoFloatingInstruction(JavaClasses all) {
    List<String> found = new ArrayList<>();
    int seen = 0;
    for (JavaClass type : all) {
      boolean onThePath = type.getPackageName().equals("dev.retort.noise")
          || type.getPackageName().equals("dev.retort.secagg")
          || type.getPackageName().equals("dev.retort.node.release")
          || Set.of(
                  "LabelBlock",
                  "LabelBlockCodec",
                  "BudgetFilter",
                  "Sensitivity",
                  "PrivacyUnit",
                  "Mechanism",
                  "DiscreteGaussianHistogram",
                  "DiscreteGaussianMultiLabel",
                  "DiscreteGaussianFeatures",
                  "DiscreteGaussianClippedSum",
                  "DiscreteGaussianHints")
              .contains(type.getSimpleName());
      if (onThePath) {
        seen++;
        found.addAll(floatingInstructions(type));
      }
    }
    assertThat(seen).isGreaterThan(8);
    assertThat(found).isEmpty();
    // The search finds what there is: a loss in nats, for reports.
    assertThat(floatingInstructions(all.get("dev.retort.privacy.Zcdp"))).isNotEmpty();
  }

  /** Data-dependent bounds are private: nothing that admits, charges or sends may come near them. */
  @ArchTest
  static final ArchRule ONLY_THE_WHAT_IF_KNOWS_DATA_DEPENDENT_BOUNDS = noClasses()
      .that(not(describe(
          "are the offline what-if command",
          type -> Set.of("PrivacyGnmaxCommand", "GnmaxBound").contains(topLevel(type)))))
      .should()
      .dependOnClassesThat()
      .haveFullyQualifiedName("dev.retort.accounting.GnmaxBound");

  /** What is charged and released hangs on exact integers alone; the accountants of reports compute with doubles. */
  @ArchTest
  static final ArchRule NO_RELEASE_HANGS_ON_REPORTED_FIGURES = noClasses()
      .that()
      .resideInAnyPackage(
          "dev.retort.noise..",
          "dev.retort.privacy..",
          "dev.retort.ledger..",
          "dev.retort.secagg..",
          "dev.retort.node..",
          "dev.retort.coordinator..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("dev.retort.accounting..", "dev.retort.forecast..");

  /** Only simulations look at teachers, or believe a peer that merely says who it is. */
  @ArchTest
  static final ArchRule UNSAFE_THINGS_ARE_CALLED_BY_SIMULATIONS_ALONE = noClasses()
      .that(not(simpleNameStartingWith("Unsafe"))
          .and(not(describe(
              "are simulations",
              type -> Set.of("Simulation", "TeacherWatch").contains(topLevel(type))))))
      .should()
      .callCodeUnitWhere(calling(
          "something Unsafe other than showing it to nobody",
          call ->
              call.getTargetOwner().getSimpleName().startsWith("Unsafe") && !isHarmlessTap(call)));

  @ArchTest
  static final ArchRule ONLY_THE_SIMULATION_TAPS_TEACHERS = noClasses()
      .that()
      .doNotHaveFullyQualifiedName("dev.retort.cli.TeacherWatch")
      .should()
      .implement("dev.retort.node.teacher.UnsafeTeacherTap");

  /** A node carries a tap and shows it the teachers: in all but simulations it is {@code none()}. */
  private static boolean isHarmlessTap(JavaCall<?> call) {
    return call.getTargetOwner().getSimpleName().equals("UnsafeTeacherTap")
        && (call.getName().equals("none")
            || (call.getName().equals("trained")
                && call.getOriginOwner().getPackageName().equals("dev.retort.node.session")));
  }

  private static String topLevel(JavaClass type) {
    String name = type.getName().substring(type.getPackageName().length() + 1);
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }

  private static List<ArchRule> rooms(String root, List<String> names) {
    List<ArchRule> rules = new ArrayList<>();
    for (int room = 0; room < names.size() - 1; room++) {
      String[] right = names.subList(room + 1, names.size()).stream()
          .map(name -> root + name + "..")
          .toArray(String[]::new);
      rules.add(noClasses()
          .that()
          .resideInAPackage(root + names.get(room) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(right)
          .because("an import only goes left in " + String.join(" -> ", names)));
    }
    return rules;
  }

  private static DescribedPredicate<JavaCall<?>> calling(
      String what, java.util.function.Predicate<JavaCall<?>> predicate) {
    return describe(what, predicate);
  }

  private static boolean readsClockOrEnvironment(JavaCall<?> call) {
    JavaClass owner = call.getTargetOwner();
    String name = call.getName();
    boolean noArguments = call.getTarget().getRawParameterTypes().isEmpty();
    if (owner.isEquivalentTo(System.class)) {
      return Set.of("getenv", "currentTimeMillis", "nanoTime").contains(name);
    }
    if (owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class)) {
      return name.startsWith("system");
    }
    if (owner.isEquivalentTo(java.util.Date.class)
        || owner.isEquivalentTo(java.util.Calendar.class)) {
      return noArguments && Set.of("<init>", "getInstance").contains(name);
    }
    return owner.getPackageName().equals("java.time") && name.equals("now") && noArguments;
  }

  private static boolean touchesFloating(JavaAccess<?> access) {
    if (access instanceof JavaCall<?> call) {
      return isFloating(call.getTarget().getRawReturnType())
          || call.getTarget().getRawParameterTypes().stream()
              .anyMatch(ArchitectureTest::isFloating);
    }
    return access instanceof com.tngtech.archunit.core.domain.JavaFieldAccess field
        && isFloating(field.getTarget().getRawType());
  }

  private static boolean isFloating(JavaClass type) {
    return Set.of("float", "double", "java.lang.Float", "java.lang.Double")
        .contains(type.getBaseComponentType().getName());
  }

  private static void report(String what, boolean violated, ConditionEvents events) {
    events.add(
        new SimpleConditionEvent(what, !violated, what + " is or carries a float or double"));
  }

  private static List<String> floatingInstructions(JavaClass type) {
    try (var in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      return FloatingInstructions.in(type.getName(), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
