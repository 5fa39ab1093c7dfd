package dev.retort.node.session;

import dev.retort.identity.FederationName;
import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.NodeEvent;
import dev.retort.proto.v1.WorkOrder;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.wire.CoordinatorCallException;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.VersionHandshake;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's standing conversation with its coordinator. It dials out, serves orders one at a time in their order, and
 * dials again for as long as it is open: what was fetched, trained or released stays, and a repeated order has the same
 * answer. Pings are answered at once, also while teachers train. Safe for use by several threads.
 */
public final class NodeSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NodeSession.class);

  // Far more than a coordinator has reason to send at once; what goes beyond would only fill the
  // memory.
  private static final int MOST_WAITING = 1024;

  private final Uplink uplink;
  private final Site site;
  private final SessionSettings settings;
  private final SerialWork work;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread connector;

  private final Object streamLock = new Object();
  private @Nullable WorkStream stream;
  private volatile @Nullable SiteStudies served;
  private volatile boolean closed;
  private volatile @Nullable IncompatibleProtocolException incompatible;

  /**
   * A session that is not started.
   *
   * @param work runs the orders, training among them; sessions that share it train as many ensembles at a time as it has
   *     threads
   */
  public NodeSession(Uplink uplink, Site site, SessionSettings settings, Executor work) {
    this.uplink = uplink;
    this.site = site;
    this.settings = settings;
    this.work = new SerialWork(work, MOST_WAITING);
    this.connector = new Thread(this::run, "retort-session-" + uplink.node().id());
    this.connector.setDaemon(true);
    site.halt().whenHalted(why -> stop());
  }

  private void stop() {
    if (Thread.currentThread() != connector) {
      connector.interrupt();
    }
  }

  /** Begins to dial, and returns. To be called once. */
  public void start() {
    connector.start();
  }

  /**
   * Waits until the session is over: because it was closed, because the coordinator speaks another protocol, or because
   * the node's ledger is not the newest.
   *
   * @throws IncompatibleProtocolException if the coordinator does; the message says which side to upgrade
   * @throws RolledBackException if the ledger is not; the message says what to do
   */
  public void awaitEnd()
      throws InterruptedException, IncompatibleProtocolException, RolledBackException {
    ended.await();
    RolledBackException halted = site.halt().reason();
    if (halted != null) {
      throw halted;
    }
    IncompatibleProtocolException reason = incompatible;
    if (reason != null) {
      throw reason;
    }
  }

  /** Ends the session: what runs is interrupted, and nothing is sent any more. May be called again. */
  @Override
  public void close() {
    closed = true;
    if (connector.getState() == Thread.State.NEW) {
      ended.countDown();
      return;
    }
    connector.interrupt();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    ManagedChannel channel = uplink.channel().get();
    @Nullable SumDesk desk = null;
    try {
      GrpcCoordinator coordinator = new GrpcCoordinator(channel, uplink, settings, this::tell);
      WitnessedLedger witnessed =
          new WitnessedLedger(site.ledger(), coordinator, uplink.witnessKey(), site.halt());
      SumDesk sums = new SumDesk(
          site,
          uplink,
          coordinator,
          witnessed,
          () -> dropCurrent("a call failed; orders are awaited anew"),
          this::answered);
      desk = sums;
      SiteStudies studies = new SiteStudies(site, uplink, coordinator, witnessed, sums);
      served = studies;
      BackOff backOff = new BackOff(
          settings.firstDelay(), settings.longestDelay(), uplink.node().hashCode());
      while (!closed && site.halt().reason() == null) {
        Instant dialled = site.clock().instant();
        converse(channel, witnessed, studies, sums);
        if (Duration.between(dialled, site.clock().instant()).compareTo(settings.longestDelay())
            > 0) {
          backOff.reset();
        }
        Thread.sleep(backOff.next().toMillis());
        // Else the channel would wait on its own, too, and for longer.
        channel.resetConnectBackoff();
      }
    } catch (IncompatibleProtocolException e) {
      LOG.error("{}", e.getMessage());
      incompatible = e;
    } catch (RolledBackException e) {
      LOG.error("{}", e.getMessage());
    } catch (InterruptedException e) {
      LOG.debug("session of {} is closed", uplink.node().id());
    } finally {
      work.close();
      if (desk != null) {
        desk.close();
      }
      channel.shutdownNow();
      ended.countDown();
    }
  }

  /** One conversation, from the handshake to the end of the stream. */
  private void converse(
      ManagedChannel channel, WitnessedLedger witnessed, SiteStudies studies, SumDesk sums)
      throws IncompatibleProtocolException, RolledBackException, InterruptedException {
    try {
      FederationName federation =
          VersionHandshake.hello(channel, uplink.software(), uplink.target());
      if (!federation.equals(uplink.node().federation())) {
        LOG.error(
            "{} is the coordinator of federation {}, and this node is of {}",
            uplink.target(),
            federation,
            uplink.node().federation());
        return;
      }
    } catch (CoordinatorCallException e) {
      if (!closed) {
        LOG.warn("{}", e.getMessage());
      }
      return;
    }
    if (!isWitnessed(witnessed)) {
      return;
    }
    WorkStream opened = new WorkStream(studies, sums);
    FederationGrpc.newStub(channel).work(opened);
    try {
      synchronized (streamLock) {
        stream = opened;
        opened.send(new Report.Ready(uplink.software(), site.witnessing().serves()));
      }
      LOG.info("connected to {}", uplink.target());
      opened.over.await();
      if (!closed) {
        LOG.info("disconnected from {} ({})", uplink.target(), opened.status);
      }
    } finally {
      synchronized (streamLock) {
        stream = null;
      }
      opened.drop("the session has ended");
    }
  }

  /** Whether the coordinator has cosigned the ledger as it is. */
  private boolean isWitnessed(WitnessedLedger witnessed)
      throws RolledBackException, InterruptedException {
    try {
      witnessed.show();
      return true;
    } catch (CoordinatorLostException e) {
      LOG.warn("{}", e.getMessage());
    } catch (WitnessRefusedException e) {
      LOG.error("{}; nothing is served", e.getMessage());
    } catch (LogUnavailableException e) {
      LOG.error("the privacy ledger cannot be read or written, so nothing is served", e);
    }
    return false;
  }

  private void tell(Report report) {
    synchronized (streamLock) {
      WorkStream current = stream;
      if (current != null) {
        current.send(report);
      }
    }
  }

  /** The one long-lived stream, from its opening to its end. */
  private final class WorkStream implements ClientResponseObserver<NodeEvent, WorkOrder> {

    private final SiteStudies studies;
    private final SumDesk sums;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable ClientCallStreamObserver<NodeEvent> events;
    private volatile Status status = Status.OK;

    WorkStream(SiteStudies studies, SumDesk sums) {
      this.studies = studies;
      this.sums = sums;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<NodeEvent> requestStream) {
      events = requestStream;
    }

    @Override
    public void onNext(WorkOrder message) {
      Order order;
      try {
        order = WireOrders.order(message);
      } catch (MalformedOrderException e) {
        LOG.warn("an order is ignored: {}", e.getMessage());
        return;
      }
      if (order instanceof Order.Ping ping) {
        tell(new Report.Pong(ping.nonce()));
      }
      if (order instanceof Order.BeWitness request) {
        // At once, as a ping: teachers may train for an hour.
        tell(new Report.Witnessed(
            request.id(),
            site.witnessing().add(uplink.node(), request.logKey(), request.question())));
      }
      if (order instanceof Order.OfSums ofSums && !sums.offer(ofSums)) {
        drop("too many messages of sums are open");
      }
      if (order instanceof Order.Close close) {
        // Nobody waits any more for what is being computed.
        work.cancel(close.studyId());
      }
      if (order instanceof Order.OfStudy step && !work.offer(step.studyId(), () -> serve(step))) {
        drop("more than " + MOST_WAITING + " orders are open");
      }
    }

    private void serve(Order.OfStudy order) {
      // After a broken stream the coordinator repeats what is open; only what it closed it does
      // not.
      if ((over.getCount() == 0 && !(order instanceof Order.Close))
          || site.halt().reason() != null) {
        return;
      }
      try {
        studies.serve(order);
        if (order instanceof Order.Labels) {
          // Under no study's name: the end of the study, which may come at once, must not stop it.
          showPeersSoon();
        }
      } catch (CoordinatorLostException e) {
        LOG.warn("{}", e.getMessage());
        dropCurrent("a call failed; orders are awaited anew");
      } catch (RolledBackException e) {
        LOG.error("{}", e.getMessage());
      } catch (InterruptedException e) {
        LOG.info("study {}: work is stopped", order.studyId());
      }
    }

    /** Called with the stream lock held: gRPC wants one writer. */
    void send(Report report) {
      ClientCallStreamObserver<NodeEvent> out = events;
      if (out != null && over.getCount() > 0) {
        try {
          out.onNext(WireOrders.event(report));
        } catch (IllegalStateException e) {
          LOG.debug("the stream ended before {} was told", report, e);
        }
      }
    }

    void drop(String why) {
      ClientCallStreamObserver<NodeEvent> out = events;
      if (out != null) {
        out.cancel(why, null);
      }
    }

    @Override
    public void onError(Throwable cause) {
      status = Status.fromThrowable(cause);
      over.countDown();
    }

    @Override
    public void onCompleted() {
      over.countDown();
    }
  }

  private void answered() {
    SiteStudies studies = served;
    if (studies != null) {
      studies.answersHaveLeft();
      showPeersSoon();
    }
  }

  /** Has other nodes see the ledger, in its turn, after answers have left. */
  private void showPeersSoon() {
    boolean unused = work.offer("", this::showPeers);
  }

  private void showPeers() {
    SiteStudies studies = served;
    try {
      if (studies != null) {
        studies.showPeers();
      }
    } catch (RolledBackException e) {
      LOG.error("{}", e.getMessage());
    } catch (InterruptedException e) {
      LOG.debug("session of {} is closed", uplink.node().id());
    }
  }

  private void dropCurrent(String why) {
    synchronized (streamLock) {
      WorkStream current = stream;
      if (current != null) {
        current.drop(why);
      }
    }
  }
}
