package dev.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StrictYamlTest {

  private static final String DEFAULTS = """
      oven: { degrees: 180, mode: bake, patience: PT10M }
      tags: [plain]
      """;

  private static final String GOOD = """
      name: bread
      oven: { degrees: 240 }
      """;

  enum Mode {
    @JsonProperty("bake")
    BAKE,
    @JsonProperty("steam")
    STEAM
  }

  record Oven(int degrees, Mode mode, Duration patience) {
    Oven {
      if (degrees < 0) {
        throw new IllegalArgumentException("oven.degrees must be >= 0: " + degrees);
      }
    }
  }

  record Recipe(String name, Oven oven, List<String> tags) {}

  private static Recipe read(String yaml, String... overrides) throws InvalidConfigException {
    return StrictYaml.read("recipe.yaml", yaml, DEFAULTS, List.of(overrides), Recipe.class);
  }

  private static void assertRefused(ThrowingCallable reading, String... parts) {
    assertThatThrownBy(reading)
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .startsWith("recipe.yaml")
        .contains(parts)
        .doesNotContain("\n");
  }

  @Test
  void read_whatTheTextLeavesOut_comesFromTheDefaults() throws Exception {
    assertThat(read(GOOD))
        .isEqualTo(new Recipe(
            "bread", new Oven(240, Mode.BAKE, Duration.ofMinutes(10)), List.of("plain")));
  }

  @Test
  void read_list_replacesTheDefaultList() throws Exception {
    assertThat(read(GOOD + "tags: [a, b]").tags()).containsExactly("a", "b");
  }

  @Test
  void read_json_isYamlToo() throws Exception {
    assertThat(
            read("{\"name\": \"rye\", \"oven\": {\"mode\": \"steam\"}}").oven().mode())
        .isEqualTo(Mode.STEAM);
  }

  @Test
  void read_unknownKey_isNamedWithTheKnownOnes() {
    assertRefused(
        () -> read(GOOD + "colour: brown"), "unknown key colour", "known here: name, oven, tags");
  }

  @Test
  void read_unknownNestedKey_isNamedWithItsPath() {
    assertRefused(
        () -> read("name: bread\noven: { degree: 1 }"),
        "unknown key oven.degree",
        "known here: degrees, mode, patience");
  }

  @Test
  void read_missingKey_isNamed() {
    assertRefused(() -> read("oven: { degrees: 1 }"), "the key name is missing");
  }

  @Test
  void read_repeatedKey_isRefusedWithItsLine() {
    assertRefused(() -> read("name: a\nname: b"), "name", "line 2");
  }

  @Test
  void read_wordWhereANumberStands_isRefusedWithTheWord() {
    assertRefused(
        () -> read("name: a\noven: { degrees: hot }"), "oven.degrees", "a whole number", "hot");
  }

  @Test
  void read_quotedNumber_isAWord() {
    assertRefused(() -> read("name: a\noven: { degrees: '7' }"), "oven.degrees");
  }

  @Test
  void read_fractionForAWholeNumber_isNotCutShort() {
    assertRefused(() -> read("name: a\noven: { degrees: 7.5 }"), "oven.degrees", "7.5");
  }

  @Test
  void read_numberBeyondTheType_isRefused() {
    assertRefused(
        () -> read("name: a\noven: { degrees: 99999999999 }"), "oven.degrees", "99999999999");
  }

  @Test
  void read_nullForANumber_isRefused() {
    assertRefused(() -> read("name: a\noven: { degrees: null }"), "oven.degrees must have a value");
  }

  @Test
  void read_keyWithoutAValue_isRefused() {
    assertRefused(() -> read("name:"), "name must have a value");
    assertRefused(() -> read("name: a\noven:"), "oven must have a value");
  }

  @Test
  void read_nullWhereTheRecordAllowsIt_isAbsence() throws Exception {
    record Note(@Nullable String text, int pages) {}
    assertThat(StrictYaml.read("note", "text: null", "pages: 1", List.of(), Note.class))
        .isEqualTo(new Note(null, 1));
  }

  @Test
  void read_unknownKeyBeforeTheKnownOnes_isNamedToo() {
    assertRefused(() -> read("colour: brown\n" + GOOD), "unknown key colour");
  }

  @Test
  void read_unknownWord_isRefusedWithTheKnownOnes() {
    assertRefused(
        () -> read("name: a\noven: { mode: fry }"), "oven.mode", "one of bake, steam", "fry");
  }

  @Test
  void read_numberForAWord_isRefused() {
    assertRefused(() -> read("name: a\noven: { mode: 1 }"), "oven.mode");
  }

  @Test
  void read_badDuration_isRefusedWithAnExample() {
    assertRefused(
        () -> read("name: a\noven: { patience: ten minutes }"),
        "oven.patience",
        "an ISO-8601 duration such as PT10M",
        "ten minutes");
  }

  @Test
  void read_recordsOwnRule_speaksInTheMessage() {
    assertRefused(() -> read("name: a\noven: { degrees: -1 }"), "oven.degrees must be >= 0: -1");
  }

  @Test
  void read_listWhereKeysStand_isRefused() {
    assertRefused(() -> read("- a\n- b"), "must hold KEY: VALUE lines");
    assertRefused(() -> read("name: a\noven: [1, 2]"), "oven must be KEY: VALUE lines: [1,2]");
    assertRefused(() -> read("name: a\ntags: 3"), "tags must be a list: 3");
  }

  @Test
  void read_brokenYaml_isRefusedWithItsLine() {
    assertRefused(() -> read("name: a\noven: { degrees: 1"), "not well-formed YAML", "line");
  }

  @Test
  void read_emptyText_isTheDefaultsAlone() {
    assertRefused(() -> read(""), "the key name is missing");
    assertRefused(() -> read("# nothing but a comment\n"), "the key name is missing");
  }

  @Test
  void override_reachesIntoTheTree() throws Exception {
    Recipe recipe = read(GOOD, "oven.degrees=99", "oven.mode=steam", "tags=[x, y]", "name=a=b");
    assertThat(recipe.oven().degrees()).isEqualTo(99);
    assertThat(recipe.oven().mode()).isEqualTo(Mode.STEAM);
    assertThat(recipe.tags()).containsExactly("x", "y");
    assertThat(recipe.name()).isEqualTo("a=b");
  }

  @Test
  void override_unknownKey_isRefusedLikeOneInTheFile() {
    assertRefused(() -> read(GOOD, "oven.fan=2"), "unknown key oven.fan");
  }

  @Test
  void override_withoutEquals_saysWhatItMustBe() {
    assertThatThrownBy(() -> read(GOOD, "oven.degrees"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("--set must be KEY=VALUE, such as privacy.epsilon=2: oven.degrees");
  }

  @Test
  void override_belowAValue_isRefused() {
    assertThatThrownBy(() -> read(GOOD, "name.first=a"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("--set name.first: name holds a value, not keys");
  }

  @Test
  void override_brokenYaml_isRefused() {
    assertThatThrownBy(() -> read(GOOD, "tags=[a"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("--set tags must have a YAML value: [a");
  }

  @Test
  void override_emptyValue_isRefusedByTheType() {
    assertRefused(() -> read(GOOD, "oven.degrees="), "oven.degrees");
  }
}
