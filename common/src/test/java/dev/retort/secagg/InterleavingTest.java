package dev.retort.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every order in which one segment's frames can arrive, with the deadline at any moment and any node, or the coordinator,
 * crashing at any moment.
 *
 * <p>Coverage. The state is that of all machines and of two first-in first-out channels a node. The search begins when
 * nodes are dealt and ready, takes every enabled step in every state, and ends when no state is new; nothing is cut off.
 * Without a restart of the coordinator a node takes what is sent to it at once: that step touches nothing but the node and
 * what it says, and what it says arrives at any later time, so no order of what the coordinator sees is left out; and a node
 * that crashes loses what it said and did not arrive. With restarts the two directions are ordered freely. Vectors are one
 * chunk long. A machine's step is computed once for each of its states and inputs.
 */
class InterleavingTest {

  @ParameterizedTest
  @CsvSource({"3,0,3,0,0,0", "3,0,3,0,1,0", "3,1,3,0,1,0"})
  void everyOrder_givesTheExactSumOrNothing(
      int nodes, int colluders, int minimum, int excluded, int crashes, int restarts)
      throws IOException {
    InterleavingSearch.Outcome outcome =
        explore(nodes, colluders, minimum, excluded, crashes, restarts);
    assertThat(outcome.states()).isGreaterThan(50);
    assertThat(outcome.sums()).isPositive();
    assertThat(outcome.failures()).isPositive();
  }

  /** Up to half a million states, and minutes: with {@code -Dretort.exhaustive=true}. */
  @ParameterizedTest
  @Tag("slow")
  @EnabledIfSystemProperty(named = "retort.exhaustive", matches = "true")
  @CsvSource({"4,0,3,1,0,0", "4,0,3,1,1,0", "3,0,3,0,0,1"})
  void everyOrderOfMore_givesTheExactSumOrNothing(
      int nodes, int colluders, int minimum, int excluded, int crashes, int restarts)
      throws IOException {
    assertThat(explore(nodes, colluders, minimum, excluded, crashes, restarts).states())
        .isGreaterThan(50_000);
  }

  private static InterleavingSearch.Outcome explore(
      int nodes, int colluders, int minimum, int excluded, int crashes, int restarts)
      throws IOException {
    TestSession session = new TestSession(
        nodes, TestSession.terms(minimum, colluders, excluded), TestSession.sums(LaneWidth.W32, 3));
    return new InterleavingSearch(session, crashes, restarts).explore();
  }
}
