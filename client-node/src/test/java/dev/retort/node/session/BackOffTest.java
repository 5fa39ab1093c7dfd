package dev.retort.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {

  @Test
  void next_oneFailureAfterAnother_doublesUpToTheLimitAndNeverFallsBelowAHalf() {
    BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofMillis(1000), 1);
    for (int ceiling : new int[] {100, 200, 400, 800, 1000, 1000, 1000}) {
      assertThat(backOff.next())
          .isBetween(Duration.ofMillis(ceiling / 2), Duration.ofMillis(ceiling));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(backOff.next()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1000));
    }
    backOff.reset();
    assertThat(backOff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void next_otherNode_waitsOtherwise() {
    Duration longest = Duration.ofMinutes(1);
    assertThat(new BackOff(longest, longest, 1).next())
        .isNotEqualTo(new BackOff(longest, longest, 2).next());
  }
}
