package dev.retort.node.session;

import dev.retort.ledger.LedgerEntry.DatasetBind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secure sums of a session's studies, on a thread of their own: others wait for this node's messages, which must not
 * wait until teachers of another study are trained. Safe for use by several threads.
 */
final class SumDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SumDesk.class);

  /** Some four messages a node of a session with a thousand. */
  private static final int MOST_WAITING = 4096;

  private final Site site;
  private final Uplink uplink;
  private final Coordinator coordinator;
  private final WitnessedLedger witnessed;
  private final Runnable redial;
  private final Runnable answered;
  private final StepGuard guard;
  private final Map<String, StudySums> studies = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor thread;
  private final SerialWork work;

  /**
   * A desk without studies.
   *
   * @param redial drops the stream, so that the coordinator is dialled again and repeats what is open
   * @param answered run whenever an answer has left; must not block
   */
  SumDesk(
      Site site,
      Uplink uplink,
      Coordinator coordinator,
      WitnessedLedger witnessed,
      Runnable redial,
      Runnable answered) {
    this.site = site;
    this.uplink = uplink;
    this.coordinator = coordinator;
    this.witnessed = witnessed;
    this.redial = redial;
    this.answered = answered;
    this.guard = new StepGuard(coordinator);
    // Hundreds of nodes may share a process, and few of them sum at a time.
    this.thread =
        new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread made = new Thread(task, "retort-sums-" + uplink.node().id());
          made.setDaemon(true);
          return made;
        });
    this.work = new SerialWork(thread, MOST_WAITING);
  }

  /** Takes a study in whose votes are ready; does nothing if it is in. */
  void admit(JoinedStudy study, DatasetBind dataset) {
    studies.computeIfAbsent(
        study.id(),
        id -> new StudySums(site, uplink, coordinator, witnessed, study, dataset, answered));
  }

  /** Leaves a study's sums. */
  void forget(String studyId) {
    StudySums sums = studies.remove(studyId);
    if (sums != null) {
      work.cancel(studyId);
      boolean unused = work.offer("", sums::leave);
    }
  }

  /** Takes an order; false if too many wait already. */
  boolean offer(Order.OfSums order) {
    return work.offer(order.studyId(), () -> serve(order));
  }

  private void serve(Order.OfSums order) {
    StudySums sums = studies.get(order.studyId());
    if (sums == null || site.halt().reason() != null) {
      return;
    }
    try {
      boolean goesOn = guard.run(order.studyId(), () -> {
        if (order instanceof Order.Frame frame) {
          sums.receive(frame.bytes());
        } else if (order instanceof Order.Sum sum) {
          sums.ready(sum.segment(), sum.block());
        }
      });
      if (!goesOn) {
        studies.remove(order.studyId());
        sums.leave();
      }
    } catch (CoordinatorLostException e) {
      LOG.warn("{}", e.getMessage());
      redial.run();
    } catch (RolledBackException e) {
      LOG.error("{}", e.getMessage());
    } catch (InterruptedException e) {
      LOG.info("study {}: its sums are stopped", order.studyId());
    }
  }

  /** Wipes the keys of all sessions. */
  @Override
  public void close() {
    work.close();
    thread.shutdownNow();
    studies.values().forEach(StudySums::leave);
    studies.clear();
  }
}
