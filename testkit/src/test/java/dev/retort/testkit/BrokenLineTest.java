package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.retort.node.NodeHome;
import dev.retort.node.session.SessionSettings;
import dev.retort.testkit.FaultProxy.Direction;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that break while a node fetches the public samples. */
@Tag("slow")
final class BrokenLineTest {

  /** 3072 pictures of 1 KiB: 12 chunks of 256 KiB. */
  private static final int SIDE = 32;

  private static final int PUBLIC = 3072;
  private static final long SET_BYTES = (long) PUBLIC * SIDE * SIDE;
  private static final long CHUNK_BYTES = 256 << 10;

  /** Certificates, headers, orders, and the frames around all of them, for a few connections. */
  private static final long REST_BYTES = 128 << 10;

  private static final SessionSettings IMPATIENT = new SessionSettings(
      Duration.ofSeconds(2),
      Duration.ofMinutes(1),
      Duration.ofMillis(100),
      Duration.ofMillis(500),
      2);

  @TempDir
  private Path root;

  private TestFederation federation;
  private FaultProxy proxy;
  private NodeHome home;

  @BeforeEach
  void found() throws Exception {
    federation = TestFederation.found(root);
    proxy = FaultProxy.to(federation.port());
    home = federation.enrol("site-a", proxy.port(), Pictures.draw(60, SIDE, 5), "200", "any");
  }

  @AfterEach
  void close() throws Exception {
    federation.close();
    proxy.close();
  }

  private String create() throws Exception {
    return federation.create(
        """
        study: pictures
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 100 }
        queries: { limit: 200 }
        teachers: { perNode: 3, architecture: linear, epochs: 2, device: cpu }
        student: { architecture: linear, warmUpEpochs: 1, epochs: 1, selfTraining: 'off' }
        """.formatted(federation.importPictures(Pictures.draw(PUBLIC, SIDE, 6))));
  }

  @Test
  void untouchedLine_carriesTheSetOnce() throws Exception {
    String study = create();
    federation.start(home);
    federation.awaitFinished(study);
    assertThat(proxy.connections()).isEqualTo(1);
    assertThat(proxy.bytes(Direction.DOWN)).isBetween(SET_BYTES, SET_BYTES + REST_BYTES);
  }

  @Test
  void lineCutDuringTheFetch_resumesWithoutFetchingAgain() throws Exception {
    proxy.cutAfter(Direction.DOWN, SET_BYTES / 2);
    String study = create();
    federation.start(home);
    federation.awaitFinished(study);
    assertThat(proxy.struck()).isEqualTo(1);
    assertThat(proxy.connections()).isGreaterThan(1);
    // At most the chunk that was on its way is sent twice.
    assertThat(proxy.bytes(Direction.DOWN)).isLessThan(SET_BYTES + CHUNK_BYTES + REST_BYTES);
  }

  @Test
  void byteTurnedOver_isRefusedByTlsAndTheFetchResumes() throws Exception {
    proxy.corruptAfter(Direction.DOWN, SET_BYTES / 2);
    String study = create();
    federation.start(home);
    federation.awaitFinished(study);
    assertThat(proxy.struck()).isEqualTo(1);
    assertThat(proxy.connections()).isGreaterThan(1);
    assertThat(proxy.bytes(Direction.DOWN)).isLessThan(SET_BYTES + CHUNK_BYTES + REST_BYTES);
  }

  @Test
  void lineStalledDuringTheFetch_isGivenUpAndGoesOnOnceItMoves() throws Exception {
    proxy.stallAfter(Direction.DOWN, SET_BYTES / 2);
    String study = create();
    federation.start(home, IMPATIENT);
    await().atMost(TestFederation.PATIENCE).until(() -> proxy.struck() == 1);
    // The node tries again, then drops its stream, which the coordinator sees.
    await().atMost(TestFederation.PATIENCE).until(() -> !federation.connected("site-a"));
    proxy.resume();
    federation.awaitFinished(study);
  }
}
