package dev.retort.coordinator.round;

import dev.retort.coordinator.witness.NodeKeys;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.NodeId;
import dev.retort.identity.PeerIdentity;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.OwnLog;
import dev.retort.tlog.VerifierKey;
import dev.retort.wire.WireWitness;
import dev.retort.witness.WitnessOutcome;
import dev.retort.witness.Witnessing;
import dev.retort.witness.Witnessing.Shown;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has nodes witness the coordinator's journal, so that it cannot be rewritten without their noticing. They are asked one
 * after the other on a thread of its own; nothing waits for them but who says so. Safe for use by several threads.
 */
public final class JournalWitnesses implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JournalWitnesses.class);

  /** More would prove no more, and a federation may have a thousand nodes. */
  private static final int MOST_ASKED = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final OwnLog journal;
  private final FederationName federation;
  private final NodeLinks links;
  private final NodeKeys keys;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
    Thread made = new Thread(task, "journal-witnesses");
    made.setDaemon(true);
    return made;
  });

  /** Shows {@code journal} to the nodes of {@code links}, which cosign by {@code keys}. */
  public JournalWitnesses(
      OwnLog journal, FederationName federation, NodeLinks links, NodeKeys keys) {
    this.journal = journal;
    this.federation = federation;
    this.links = links;
    this.keys = keys;
  }

  /** Shows the newest checkpoint soon. */
  public void show() {
    // A round that has not begun will show what is newest then.
    if (waiting.compareAndSet(false, true)) {
      var unused = submit();
    }
  }

  /** Shows the newest checkpoint, and waits until that is over or {@code patience} has passed. */
  public void showAndWait(Duration patience) throws InterruptedException {
    waiting.set(true);
    Future<?> round = submit();
    try {
      round.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.info("the journal's witnesses are slow; nothing waits for them any more");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a round of witnesses must not fail", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private Future<?> submit() {
    try {
      return thread.submit(this::round);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(null);
    }
  }

  private void round() {
    waiting.set(false);
    List<NodeLink> witnesses = links.all().stream()
        .filter(NodeLink::isWitness)
        .sorted(Comparator.comparing(NodeLink::nodeId))
        .limit(MOST_ASKED)
        .toList();
    for (NodeLink link : witnesses) {
      Optional<byte[]> key = keys.identityKey(link.nodeId());
      if (key.isEmpty()) {
        continue;
      }
      String name =
          IdentitySigner.name(new PeerIdentity.Node(federation, new NodeId(link.nodeId())));
      try {
        report(
            link.nodeId(),
            Witnessing.show(
                journal,
                VerifierKey.ofWitness(name, key.get()),
                (oldSize, proof, note, rotations) ->
                    ask(link, new WireWitness.Question("", oldSize, proof, note, rotations))));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (LogUnavailableException e) {
        LOG.error("the journal cannot be shown to its witnesses", e);
        return;
      }
    }
  }

  private WitnessOutcome ask(NodeLink link, WireWitness.Question question)
      throws InterruptedException {
    try {
      return link.witness(journal.verifierKey(), question)
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("node {} does not answer as a witness", link.nodeId(), e);
      return new WitnessOutcome.Refused(
          WitnessOutcome.Reason.UNREACHABLE, "no answer within " + PATIENCE.toSeconds() + " s");
    }
  }

  private static void report(String node, Shown shown) {
    if (shown instanceof Shown.RolledBack rolledBack) {
      LOG.error(
          "the journal in this home is not the newest: node {} knows a checkpoint of {} entries, signed by this"
              + " coordinator, that the {} entries here do not contain. Either this home was put back to an older copy,"
              + " or a copy of it was run. Put back the newest copy of the home; what nodes answered since is lost from"
              + " this one, and no audit of it will pass.",
          node,
          rolledBack.knownSize(),
          rolledBack.ownSize());
    } else if (shown instanceof Shown.Refused refused) {
      LOG.info(
          "node {} does not cosign the journal ({}): {}",
          node,
          refused.reason(),
          refused.message());
    } else if (shown instanceof Shown.Unfit unfit) {
      LOG.warn("node {} does not cosign the journal: {}", node, unfit.message());
    }
  }
}
