package dev.retort.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads YAML (and so JSON) into records: unknown, missing and repeated keys are refused by name, numbers are not made
 * from words, and a record's own rule speaks in the message. What a file leaves out comes from a defaults text of the
 * same shape. Stateless and safe for use by several threads.
 */
public final class StrictYaml {

  private static final YAMLMapper MAPPER = YAMLMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
      .build();

  private StrictYaml() {}

  /**
   * Parses {@code text} and binds it.
   *
   * @param name what to call the text in messages, such as its file name
   * @param text the YAML
   * @param defaults YAML of the same shape for what {@code text} leaves out; empty for none
   * @param overrides {@code a.b=c} each; c is read as YAML
   * @throws InvalidConfigException naming the first offence
   */
  public static <T> T read(
      String name, String text, String defaults, List<String> overrides, Class<T> type)
      throws InvalidConfigException {
    return bind(name, tree(name, text, defaults, overrides), type);
  }

  /** Parses {@code text} over {@code defaults} and under {@code overrides} into a tree, binding nothing yet. */
  public static ObjectNode tree(String name, String text, String defaults, List<String> overrides)
      throws InvalidConfigException {
    ObjectNode tree = parse(name + " (defaults)", defaults);
    merge(tree, parse(name, text));
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new InvalidConfigException(
            "--set must be KEY=VALUE, such as privacy.epsilon=2: " + override);
      }
      set(tree, override.substring(0, equals), override.substring(equals + 1));
    }
    return tree;
  }

  /** Binds a tree to a record. */
  public static <T> T bind(String name, JsonNode tree, Class<T> type)
      throws InvalidConfigException {
    try {
      requireValues(name, tree, type, "");
      T value = MAPPER.treeToValue(tree, type);
      if (value == null) {
        throw new InvalidConfigException(name + " must not be empty");
      }
      return value;
    } catch (JacksonException e) {
      throw new InvalidConfigException(name + ": " + explain(e, tree));
    }
  }

  /** A key without a value would reach the record as null, past the rule that it would have broken. */
  private static void requireValues(String name, JsonNode tree, Class<?> type, String prefix)
      throws InvalidConfigException {
    if (!type.isRecord()) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      JsonNode value = tree.get(component.getName());
      if (value == null) {
        continue;
      }
      String path = prefix + component.getName();
      if (value.isNull() && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        throw new InvalidConfigException(name + ": " + path + " must have a value");
      }
      requireValues(name, value, component.getType(), path + ".");
    }
  }

  private static ObjectNode parse(String name, String text) throws InvalidConfigException {
    if (text.isBlank()) {
      return MAPPER.createObjectNode();
    }
    try {
      JsonNode tree = MAPPER.readTree(text);
      if (tree instanceof ObjectNode object) {
        return object;
      }
      if (tree == null || tree.isNull() || tree.isMissingNode()) {
        return MAPPER.createObjectNode();
      }
      throw new InvalidConfigException(name + " must hold KEY: VALUE lines");
    } catch (JacksonException e) {
      throw new InvalidConfigException(
          name + " is not well-formed YAML: " + onOneLine(e.getOriginalMessage()) + at(e));
    }
  }

  private static String at(JacksonException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private static void merge(ObjectNode base, ObjectNode over) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      JsonNode below = base.get(field.getKey());
      if (below instanceof ObjectNode baseObject
          && field.getValue() instanceof ObjectNode overObject) {
        merge(baseObject, overObject);
      } else {
        base.set(field.getKey(), field.getValue());
      }
    }
  }

  private static void set(ObjectNode tree, String path, String value)
      throws InvalidConfigException {
    String[] keys = path.split("\\.", -1);
    ObjectNode at = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      JsonNode next = at.get(keys[i]);
      if (next instanceof ObjectNode object) {
        at = object;
      } else if (next == null || next.isNull()) {
        at = at.putObject(keys[i]);
      } else {
        throw new InvalidConfigException(
            "--set " + path + ": " + keys[i] + " holds a value, not keys");
      }
    }
    try {
      at.set(keys[keys.length - 1], MAPPER.readTree(value));
    } catch (JacksonException e) {
      throw new InvalidConfigException("--set " + path + " must have a YAML value: " + value);
    }
  }

  private static String explain(JacksonException e, JsonNode tree) {
    String path = pathOf(e);
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key "
          + path
          + "; known here: "
          + String.join(
              ", ",
              new TreeSet<>(
                  unknown.getKnownPropertyIds().stream().map(String::valueOf).toList()));
    }
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return prefix(path) + e.getCause().getMessage();
    }
    if (e.getOriginalMessage() != null
        && e.getOriginalMessage().startsWith("Missing creator property")) {
      return "the key " + path + " is missing";
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return path + " must be " + describe(mismatch.getTargetType()) + ": " + valueAt(tree, e);
    }
    if (e instanceof InputCoercionException range && range.getTargetType() != null) {
      return path
          + " must be "
          + describe(range.getTargetType())
          + " within the range of "
          + range.getTargetType().getSimpleName()
          + ": "
          + valueAt(tree, e);
    }
    return prefix(path) + onOneLine(e.getOriginalMessage());
  }

  private static String valueAt(JsonNode tree, JacksonException e) {
    JsonNode at = tree;
    for (JacksonException.Reference step : e.getPath()) {
      JsonNode next =
          step.getPropertyName() != null ? at.get(step.getPropertyName()) : at.get(step.getIndex());
      if (next == null) {
        break;
      }
      at = next;
    }
    return at.isString() ? at.asString() : at.toString();
  }

  private static String enumNames(Class<?> type) {
    return java.util.Arrays.stream(type.getEnumConstants())
        .map(value -> MAPPER.valueToTree(value).asString())
        .collect(Collectors.joining(", "));
  }

  private static String describe(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + enumNames(type);
    }
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return "an ISO-8601 duration such as PT10M";
    }
    if (type == String.class) {
      return "text";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type.isRecord() ? "KEY: VALUE lines" : "a " + type.getSimpleName();
  }

  private static String prefix(String path) {
    return path.isEmpty() ? "" : path + ": ";
  }

  private static String onOneLine(@Nullable String message) {
    return message == null
        ? "not readable"
        // Indented lines quote the text and its place.
        : message
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith(" "))
            .collect(Collectors.joining("; "));
  }

  private static String pathOf(JacksonException e) {
    return e.getPath().stream()
        .map(step ->
            step.getPropertyName() != null ? step.getPropertyName() : "[" + step.getIndex() + "]")
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }
}
