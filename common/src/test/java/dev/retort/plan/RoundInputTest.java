package dev.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.SampleShape;
import dev.retort.plan.RoundInput.Classifier;
import dev.retort.plan.RoundInput.Selection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoundInputTest {

  private static final int SAMPLES = 50;

  private StudyPlan active;
  private StudyPlan sums;

  @BeforeEach
  void plans() throws Exception {
    active = plan("queries.plan=active", "queries.rounds=2", "queries.limit=7");
    sums = plan("privacy.mechanism=class-sums", "queries.rounds=2", "classSums.features=3");
  }

  private static StudyPlan plan(String... overrides) throws Exception {
    String yaml = """
        study: s
        task: { kind: classification, classes: [a, b] }
        transferSet: public@sha256:%s
        privacy: { epsilon: 1 }
        student: { architecture: linear }
        """.formatted("0".repeat(64));
    StudyPlan plan = StudyPlans.readFile("s", yaml, List.of(overrides)).plan();
    return StudyNoise.resolve(plan, SAMPLES, SampleShape.row(3));
  }

  @Test
  void selection_writtenAndRead_isTheSame() throws Exception {
    byte[] bytes = new Selection(new int[] {49, 0, 7, 3}).encode();
    RoundInput read = RoundInput.parse(active, 1, SAMPLES, bytes);
    assertThat(((Selection) read).samples()).containsExactly(49, 0, 7, 3);
    assertThat(bytes).hasSize(19 + 4 * 4);
    assertThat(new String(Arrays.copyOf(bytes, 19), java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("retort selection/1\n");
    // Little-endian, whatever the machine.
    assertThat(Arrays.copyOfRange(bytes, 19, 23)).containsExactly(49, 0, 0, 0);
  }

  @Test
  void classifier_writtenAndRead_isTheSame() throws Exception {
    float[] weights = {1, -2.5f, 0, 3, 1e-30f, -1e30f, 7, 8};
    RoundInput read = RoundInput.parse(sums, 1, SAMPLES, new Classifier(weights).encode());
    assertThat(((Classifier) read).weights()).containsExactly(weights);
  }

  @Test
  void parse_whatBreaksARule_isNamed() {
    Stream.of(
            // Round 0 has three questions.
            new Refused(
                active, 0, new Selection(new int[] {1, 2, 3, 4}).encode(), "of 31 bytes: 35"),
            new Refused(active, 0, new Selection(new int[] {1, 2, 1}).encode(), "at most once: 1"),
            new Refused(active, 0, new Selection(new int[] {1, 2, 50}).encode(), "below 50"),
            new Refused(active, 0, new Selection(new int[] {1, -2, 5}).encode(), "below 50"),
            new Refused(active, 2, new byte[0], "round must be in [0, 2) to have an input: 2"),
            new Refused(active, -1, new byte[0], "round must be in [0, 2) to have an input: -1"),
            new Refused(sums, 0, new byte[0], "round must be in [1, 2) to have an input: 0"),
            new Refused(sums, 1, new byte[0], "input must be retort classifier/1 of 52 bytes: 0"),
            new Refused(sums, 1, new Classifier(new float[7]).encode(), "of 52 bytes: 48"),
            new Refused(
                sums,
                1,
                new Classifier(new float[] {0, 0, 0, 0, 0, 0, 0, Float.NaN}).encode(),
                "weights must be finite: NaN"))
        .forEach(each -> assertThatThrownBy(
                () -> RoundInput.parse(each.plan, each.round, SAMPLES, each.bytes))
            .isInstanceOf(MalformedRoundInputException.class)
            .hasMessageContaining(each.message));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Refused(StudyPlan plan, int round, byte[] bytes, String message) {}
}
