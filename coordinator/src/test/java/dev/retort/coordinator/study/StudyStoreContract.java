package dev.retort.coordinator.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelBlock;
import dev.retort.plan.EvaluationSource;
import dev.retort.privacy.Zcdp;
import dev.retort.transfer.SampleRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every store of studies keeps, whatever it is made of. */
public abstract class StudyStoreContract {

  private static final SampleRange FIRST = Studies.ranges().get(0);
  private static final SampleRange SECOND = Studies.ranges().get(1);
  private static final SampleRange LAST = Studies.ranges().get(2);

  /** The store under test. */
  protected abstract StudyStore store();

  /** Closes the store, and opens it again from what is on the disk. */
  protected abstract void restart();

  private List<StoredBlock> stored(String studyId) {
    List<StoredBlock> all = new ArrayList<>();
    store().forEachBlock(studyId, all::add);
    return all;
  }

  @Test
  protected void find_unknownStudy_isEmpty() {
    assertThat(store().find("nobody")).isEmpty();
    assertThat(store().all()).isEmpty();
    assertThat(store().nodeStates("nobody")).isEmpty();
    assertThat(store().storedFirstSamples("nobody", "a")).isEmpty();
  }

  @Test
  protected void insert_afterRestart_isTheSameStudy() {
    Study study = Studies.collecting("one");
    store().insert(study);
    restart();
    assertThat(store().find("one")).contains(study);
  }

  @Test
  protected void insert_evaluation_isKept() {
    for (EvaluationSource source :
        List.of(new EvaluationSource("i", "l", null), new EvaluationSource(null, null, "t.csv"))) {
      Study plain = Studies.collecting("with-" + source.name());
      Study study = new Study(
          plain.id(),
          plain.plan(),
          plain.canonicalPlan(),
          plain.planDigest(),
          source,
          plain.created(),
          plain.state());
      store().insert(study);
      restart();
      assertThat(store().find(study.id())).contains(study);
    }
  }

  @Test
  protected void insert_sameIdAgain_failsAndKeepsTheFirst() {
    Study study = Studies.collecting("one");
    store().insert(study);
    assertThatThrownBy(() -> store().insert(Studies.collecting("one", "seed=2")))
        .isInstanceOf(RuntimeException.class);
    assertThat(store().all()).containsExactly(study);
  }

  @Test
  protected void all_isNewestFirst() {
    Study older = Studies.collecting("older");
    Study newer = new Study(
        "newer",
        older.plan(),
        older.canonicalPlan(),
        older.planDigest(),
        null,
        older.created().plusMillis(1),
        older.state());
    store().insert(older);
    store().insert(newer);
    assertThat(store().all()).containsExactly(newer, older);
  }

  @Test
  protected void updateState_everyState_outlivesARestart() {
    Study study = Studies.collecting("one");
    store().insert(study);
    for (StudyState state : List.of(
        new StudyState.Distilling(),
        new StudyState.Finished(),
        new StudyState.Failed("1 of at least 2; ü 'quoted'"),
        new StudyState.Collecting())) {
      store().updateState("one", state);
      restart();
      assertThat(store().find("one")).contains(study.in(state));
    }
  }

  @Test
  protected void saveNodeState_everyState_replacesTheLastAndOutlivesARestart() {
    store().insert(Studies.collecting("one"));
    store().saveNodeState("one", "b", new NodeState.Answering());
    for (NodeState state : List.of(
        new NodeState.Offered(),
        new NodeState.Training(0),
        new NodeState.Refused(NodeState.Refused.Limit.QUOTA, new Zcdp(12), new Zcdp(5)),
        new NodeState.AwaitingApproval("not approved"),
        new NodeState.Declined("another unit"),
        new NodeState.Abandoned("the disk is full"),
        new NodeState.Answered())) {
      store().saveNodeState("one", "a", state);
      restart();
      assertThat(store().nodeStates("one"))
          .isEqualTo(Map.of("a", state, "b", new NodeState.Answering()));
    }
  }

  @Test
  protected void saveNodeState_afterARefusal_keepsNoAmounts() {
    store().insert(Studies.collecting("one"));
    store()
        .saveNodeState(
            "one",
            "a",
            new NodeState.Refused(NodeState.Refused.Limit.QUOTA, new Zcdp(12), new Zcdp(5)));
    store().saveNodeState("one", "a", new NodeState.Declined("no"));
    assertThat(store().nodeStates("one"))
        .containsExactly(Map.entry("a", new NodeState.Declined("no")));
  }

  @Test
  protected void saveNodeState_ofAnUnknownStudy_fails() {
    assertThatThrownBy(() -> store().saveNodeState("nobody", "a", new NodeState.Offered()))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  protected void storeBlocks_outliveARestartBitForBit() {
    store().insert(Studies.collecting("one"));
    int[] extremes = new int[FIRST.count() * Studies.CLASSES];
    extremes[0] = Integer.MIN_VALUE;
    extremes[1] = Integer.MAX_VALUE;
    extremes[2] = -1;
    StoredBlock block = new StoredBlock(
        "a", 0, new LabelBlock(FIRST.first(), FIRST.count(), Studies.CLASSES, extremes), 1L << 40);
    assertThat(store().storeBlocks("one", List.of(block))).isEqualTo(new StoreOutcome.Stored(1));
    restart();
    assertThat(stored("one")).containsExactly(block);
    assertThat(store().storedFirstSamples("one", "a")).containsExactly(FIRST.first());
  }

  @Test
  protected void storeBlocks_sameBytesAgain_areStoredOnce() {
    store().insert(Studies.collecting("one"));
    List<StoredBlock> blocks = Studies.blocks("a");
    store().storeBlocks("one", blocks.subList(0, 2));
    assertThat(store().storeBlocks("one", blocks)).isEqualTo(new StoreOutcome.Stored(3));
    assertThat(store().storeBlocks("one", blocks)).isEqualTo(new StoreOutcome.Stored(3));
    assertThat(stored("one")).containsExactlyElementsOf(blocks);
  }

  @Test
  protected void storeBlocks_oneConflict_storesNothingOfTheSubmission() {
    store().insert(Studies.collecting("one"));
    StoredBlock kept = Studies.block("a", SECOND, 1);
    store().storeBlocks("one", List.of(kept));
    StoreOutcome outcome = store()
        .storeBlocks(
            "one",
            List.of(
                Studies.block("a", FIRST, 5),
                Studies.block("a", SECOND, 2),
                Studies.block("a", LAST, 5)));
    assertThat(outcome).isInstanceOfSatisfying(StoreOutcome.Rejected.class, rejected -> {
      assertThat(rejected.firstSample()).isEqualTo(SECOND.first());
      assertThat(rejected.message()).contains("must have the bytes of the block stored before");
    });
    restart();
    assertThat(stored("one")).containsExactly(kept);
  }

  @Test
  protected void storeBlocks_conflictWithinOneSubmission_storesNothing() {
    store().insert(Studies.collecting("one"));
    assertThat(store()
            .storeBlocks(
                "one", List.of(Studies.block("a", FIRST, 1), Studies.block("a", FIRST, 2))))
        .isInstanceOf(StoreOutcome.Rejected.class);
    assertThat(stored("one")).isEmpty();
  }

  @Test
  protected void storeBlocks_ofNodesAndStudies_areKeptApart() {
    store().insert(Studies.collecting("one"));
    store().insert(Studies.collecting("two"));
    store().storeBlocks("one", List.of(Studies.block("b", FIRST, 2)));
    store()
        .storeBlocks("one", List.of(Studies.block("a", SECOND, 3), Studies.block("a", FIRST, 1)));
    store().storeBlocks("two", List.of(Studies.block("a", FIRST, 9)));
    assertThat(stored("one"))
        .containsExactly(
            Studies.block("a", FIRST, 1),
            Studies.block("a", SECOND, 3),
            Studies.block("b", FIRST, 2));
    assertThat(stored("two")).containsExactly(Studies.block("a", FIRST, 9));
    assertThat(store().storedFirstSamples("one", "a"))
        .containsExactlyInAnyOrder(FIRST.first(), SECOND.first());
  }

  @Test
  protected void storeBlocks_ofAStudyThatDoesNotCollect_areTooLateAndStoreNothing() {
    store().insert(Studies.collecting("s"));
    store().updateState("s", new StudyState.Distilling());
    for (String study : List.of("nobody", "s")) {
      assertThat(store().storeBlocks(study, List.of(Studies.block("a", FIRST, 1))))
          .isEqualTo(new StoreOutcome.TooLate());
      assertThat(stored(study)).isEmpty();
    }
  }
}
