package dev.retort.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.merkle.Digest;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NoisePoolTest {

  private static final NoiseKey KEY = new NoiseKey(new byte[NoiseKey.BYTES]);

  /** Draws at once, in the thread that asks. */
  private static final Executor AT_ONCE = Runnable::run;

  /** Draws when it is told to. */
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  @Test
  void addTo_foreseenOrNot_addsTheSameNoise() {
    NoisePool pool = new NoisePool(KEY, 100, AT_ONCE);
    pool.foresee(List.of(release(3, 40), release(5, 10)));
    assertThat(pool.samples()).isEqualTo(50);
    for (ReleaseNoise each : List.of(release(5, 10), release(3, 40), release(7, 20))) {
      assertThat(drawn(pool, each)).isEqualTo(each.draw(KEY));
    }
  }

  @Test
  void addTo_values_areKeptUnderTheNoise() {
    NoisePool pool = new NoisePool(KEY, 100, AT_ONCE);
    pool.foresee(List.of(release(3, 4)));
    int[] values = {10, 20, 30, 40};
    pool.addTo(values, release(3, 4));
    int[] noise = release(3, 4).draw(KEY);
    assertThat(values).containsExactly(10 + noise[0], 20 + noise[1], 30 + noise[2], 40 + noise[3]);
  }

  @Test
  void addTo_foreseenWithAnotherLaw_drawsItsOwn() {
    NoisePool pool = new NoisePool(KEY, 100, AT_ONCE);
    pool.foresee(List.of(new ReleaseNoise(3, query(3), new DiscreteGaussian(2), 40)));
    assertThat(drawn(pool, release(3, 40))).isEqualTo(release(3, 40).draw(KEY));
    assertThat(pool.samples()).isEqualTo(40);
  }

  @Test
  void addTo_beforeTheFillerHasCome_drawsThenAndNothingIsLeftBehind() {
    NoisePool pool = new NoisePool(KEY, 100, waiting::add);
    pool.foresee(List.of(release(3, 40)));
    assertThat(drawn(pool, release(3, 40))).isEqualTo(release(3, 40).draw(KEY));
    waiting.remove().run();
    assertThat(pool.samples()).isZero();
  }

  @Test
  void addTo_takenNoise_isWipedAndNotGivenAgain() throws Exception {
    NoisePool pool = new NoisePool(KEY, 100, AT_ONCE);
    pool.foresee(List.of(release(3, 40)));
    int[] held = held(pool, release(3, 40));
    pool.addTo(new int[40], release(3, 40));
    assertThat(held).containsOnly(0);
    assertThat(pool.samples()).isZero();
    // Asked for again, as after a write that failed, it is drawn again.
    assertThat(drawn(pool, release(3, 40))).isEqualTo(release(3, 40).draw(KEY));
  }

  @Test
  void foresee_again_wipesWhatIsExpectedNoLonger() throws Exception {
    NoisePool pool = new NoisePool(KEY, 100, AT_ONCE);
    pool.foresee(List.of(release(3, 40), release(5, 10)));
    int[] stale = held(pool, release(3, 40));
    int[] kept = held(pool, release(5, 10));
    pool.foresee(List.of(release(5, 10), release(7, 20)));
    assertThat(stale).containsOnly(0);
    assertThat(held(pool, release(5, 10))).isSameAs(kept);
    assertThat(pool.samples()).isEqualTo(30);
  }

  @Test
  void foresee_againBeforeTheFillerHasCome_drawsOnlyWhatIsExpectedNow() {
    NoisePool pool = new NoisePool(KEY, 100, waiting::add);
    pool.foresee(List.of(release(3, 40)));
    pool.foresee(List.of(release(5, 10)));
    assertThat(waiting).hasSize(1);
    waiting.remove().run();
    assertThat(pool.samples()).isEqualTo(10);
  }

  @Test
  void foresee_moreThanFits_fillsInOrderAsRoomIsMade() {
    NoisePool pool = new NoisePool(KEY, 50, AT_ONCE);
    pool.foresee(List.of(release(3, 30), release(5, 51), release(7, 20), release(9, 30)));
    assertThat(pool.samples()).isEqualTo(50);
    drawn(pool, release(7, 20));
    // The next one does not fit yet.
    assertThat(pool.samples()).isEqualTo(30);
    drawn(pool, release(3, 30));
    assertThat(pool.samples()).isEqualTo(30);
    assertThat(drawn(pool, release(9, 30))).isEqualTo(release(9, 30).draw(KEY));
    assertThat(pool.samples()).isZero();
  }

  @Test
  void foresee_theSameTwice_holdsItOnce() {
    NoisePool pool = new NoisePool(KEY, 50, AT_ONCE);
    pool.foresee(List.of(release(3, 10), release(3, 10)));
    assertThat(pool.samples()).isEqualTo(10);
    pool.foresee(List.of(release(3, 10)));
    assertThat(pool.samples()).isEqualTo(10);
  }

  @Test
  void close_wipesAndPoolsNothingMore() throws Exception {
    NoisePool pool = new NoisePool(KEY, 50, AT_ONCE);
    pool.foresee(List.of(release(3, 10)));
    int[] held = held(pool, release(3, 10));
    pool.close();
    assertThat(held).containsOnly(0);
    assertThat(pool.samples()).isZero();
    pool.foresee(List.of(release(3, 10)));
    assertThat(pool.samples()).isZero();
    assertThat(drawn(pool, release(3, 10))).isEqualTo(release(3, 10).draw(KEY));
  }

  @Test
  void foresee_fillerBusyOrShutDown_leavesTheDrawingToWhoeverAsksAndIsTriedAgain() {
    boolean[] shut = {true};
    NoisePool pool = new NoisePool(KEY, 50, task -> {
      if (shut[0]) {
        throw new RejectedExecutionException("shut down");
      }
      task.run();
    });
    pool.foresee(List.of(release(3, 10)));
    assertThat(drawn(pool, release(3, 10))).isEqualTo(release(3, 10).draw(KEY));
    shut[0] = false;
    pool.foresee(List.of(release(5, 10)));
    assertThat(pool.samples()).isEqualTo(10);
  }

  @Test
  void foresee_asMuchAsThePoolHolds_isHeld() {
    NoisePool pool = new NoisePool(KEY, 50, AT_ONCE);
    assertThat(pool.mostSamples()).isEqualTo(50);
    pool.foresee(List.of(release(3, 50)));
    assertThat(pool.samples()).isEqualTo(50);
  }

  /** Its noise takes long enough that most runs come in the middle; whichever comes first, the outcome is the same. */
  @Test
  void addTo_whileItsNoiseIsDrawn_drawsItTooAndLeavesNothingBehind() throws Exception {
    ReleaseNoise large = release(3, 300_000);
    ExecutorService filler = Executors.newSingleThreadExecutor();
    NoisePool pool = new NoisePool(KEY, 1_000_000, filler);
    pool.foresee(List.of(large));
    while (!isDrawing(pool) && pool.samples() == 0) {
      Thread.onSpinWait();
    }
    // Foreseen once more while it is drawn, it is not drawn twice.
    pool.foresee(List.of(large));
    int[] taken = drawn(pool, large);
    filler.shutdown();
    assertThat(filler.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    assertThat(taken).isEqualTo(large.draw(KEY));
    assertThat(pool.samples()).isZero();
  }

  @Test
  void foresee_whileNoiseIsDrawnThatIsExpectedNoLonger_dropsIt() throws Exception {
    ExecutorService filler = Executors.newSingleThreadExecutor();
    NoisePool pool = new NoisePool(KEY, 1_000_000, filler);
    pool.foresee(List.of(release(3, 300_000)));
    while (!isDrawing(pool) && pool.samples() == 0) {
      Thread.onSpinWait();
    }
    pool.foresee(List.of(release(5, 10)));
    filler.shutdown();
    assertThat(filler.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    assertThat(pool.samples()).isLessThanOrEqualTo(10);
  }

  @Test
  void addTo_sumOutsideAnInt_throwsAndWipesThePooledNoise() throws Exception {
    NoisePool pool = new NoisePool(KEY, 500, AT_ONCE);
    pool.foresee(List.of(release(3, 200)));
    int[] held = held(pool, release(3, 200));
    int[] values = new int[200];
    Arrays.fill(values, Integer.MAX_VALUE);
    assertThatThrownBy(() -> pool.addTo(values, release(3, 200)))
        .isInstanceOf(ArithmeticException.class);
    assertThat(held).containsOnly(0);
  }

  @Test
  void addTo_otherCountOfValues_isACallersBug() {
    NoisePool pool = new NoisePool(KEY, 50, AT_ONCE);
    assertThatThrownBy(() -> pool.addTo(new int[9], release(3, 10)))
        .hasMessage("values must be 10 integers: 9");
    assertThatThrownBy(() -> new NoisePool(KEY, -1, AT_ONCE))
        .hasMessage("mostSamples must be >= 0: -1");
  }

  @Test
  void none_foreseen_holdsNothingAndDrawsWhatIsAskedFor() {
    NoisePool pool = NoisePool.none(KEY);
    assertThat(pool.mostSamples()).isZero();
    assertThat(pool.key()).isSameAs(KEY);
    pool.foresee(List.of(release(3, 1)));
    assertThat(pool.samples()).isZero();
    assertThat(drawn(pool, release(3, 1))).isEqualTo(release(3, 1).draw(KEY));
  }

  @Test
  void releaseNoise_outOfRange_isRefusedByName() {
    assertThatThrownBy(() -> release(-1, 10)).hasMessage("seq must be >= 0: -1");
    assertThatThrownBy(() -> release(0, 0)).hasMessage("count must be >= 1: 0");
    assertThat(release(0, 1).draw(KEY)).hasSize(1);
  }

  /** Eight threads take what a ninth foresees and a tenth draws; each gets the noise that is the release's own. */
  @Test
  void addTo_manyThreads_everyReleaseGetsItsOwnNoise() throws Exception {
    ExecutorService filler = Executors.newSingleThreadExecutor();
    ExecutorService takers = Executors.newFixedThreadPool(9);
    try (NoisePool pool = new NoisePool(KEY, 300, filler)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int at = 0; at < 400; at++) {
        long seq = at;
        tasks.add(
            () -> Arrays.equals(drawn(pool, release(seq, 20)), release(seq, 20).draw(KEY)));
        if (at % 10 == 0) {
          tasks.add(() -> {
            List<ReleaseNoise> next = new ArrayList<>();
            for (long ahead = seq; ahead < seq + 20; ahead++) {
              next.add(release(ahead, 20));
            }
            pool.foresee(next);
            return pool.samples() <= 300;
          });
        }
      }
      for (Future<Boolean> each : takers.invokeAll(tasks)) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      takers.shutdownNow();
      filler.shutdownNow();
    }
  }

  private static int[] drawn(NoisePool pool, ReleaseNoise release) {
    int[] values = new int[release.count()];
    pool.addTo(values, release);
    return values;
  }

  private static ReleaseNoise release(long seq, int count) {
    return new ReleaseNoise(seq, query(seq), new DiscreteGaussian(40), count);
  }

  private static Digest query(long seq) {
    return Digest.of(new byte[] {(byte) seq});
  }

  private static boolean isDrawing(NoisePool pool) throws Exception {
    Field field = NoisePool.class.getDeclaredField("drawing");
    field.setAccessible(true);
    return field.get(pool) != null;
  }

  @SuppressWarnings("unchecked") // the field's type is fixed
  private static int[] held(NoisePool pool, ReleaseNoise release) throws Exception {
    Field field = NoisePool.class.getDeclaredField("ready");
    field.setAccessible(true);
    int[] held = ((Map<ReleaseNoise, int[]>) field.get(pool)).get(release);
    assertThat(held).isNotNull();
    return held;
  }
}
