package dev.retort.node;

import dev.retort.encode.PublicSpaces;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyFileException;
import dev.retort.identity.NodeCredentials;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.PolicyConflictException;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.release.LabelRelease;
import dev.retort.node.session.LedgerHalt;
import dev.retort.node.session.NodeSession;
import dev.retort.node.session.RolledBackException;
import dev.retort.node.session.SessionSettings;
import dev.retort.node.session.Site;
import dev.retort.node.session.SiteWitness;
import dev.retort.node.session.SumMemory;
import dev.retort.node.session.SumSite;
import dev.retort.node.session.Uplink;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.teacher.UnsafeTeacherTap;
import dev.retort.noise.NoiseKey;
import dev.retort.noise.NoisePool;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.transfer.ChunkStore;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.TlsChannel;
import dev.retort.witness.WitnessedLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's node: its ledger, open for it alone, and a session with each of its coordinators, who share the ledger's
 * budget. Safe for use by several threads.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  // 16 MiB of noise: as much as the answers of 64 full blocks.
  private static final int POOLED_SAMPLES = 1 << 22;

  private final PrivacyLedger ledger;
  private final NoisePool noise;
  private final ExecutorService noiseFiller;
  private final SiteWitness witnessing;
  private final SumMemory sums;
  private final List<NodeSession> sessions;

  private Node(
      PrivacyLedger ledger,
      NoisePool noise,
      ExecutorService noiseFiller,
      SiteWitness witnessing,
      SumMemory sums,
      List<NodeSession> sessions) {
    this.ledger = ledger;
    this.noise = noise;
    this.noiseFiller = noiseFiller;
    this.witnessing = witnessing;
    this.sums = sums;
    this.sessions = List.copyOf(sessions);
  }

  /**
   * The parts of a node that has joined its federations, from its home.
   *
   * @param software this program's version, for the coordinator's log
   * @throws IOException if the node has not joined a federation that it is to serve, a key file is damaged or readable by
   *     others, or a directory cannot be made
   */
  public static NodeParts parts(
      NodeHome home, NodeConfig config, String software, SecureRandom random) throws IOException {
    KeyDirectory keys = home.keys(random);
    IdentityRotation.settle(home, keys, random);
    NodeCredentials credentials = NodeCredentials.read(keys);
    List<NodeParts.Further> further = new ArrayList<>();
    for (Map.Entry<FederationName, NodeConfig.Address> one : config.alsoServe().entrySet()) {
      further.add(new NodeParts.Further(
          uplink(credentialsOf(home, one.getKey(), credentials, random), one.getValue(), software),
          home.studies(one.getKey())));
    }
    return new NodeParts(
        uplink(credentials, config.coordinator(), software),
        further,
        new NodeParts.Secrets(
            credentials.identity(),
            new NoiseKey(keys.readOrCreateSecret("noise.key", NoiseKey.BYTES)),
            new ShardKey(keys.readOrCreateSecret("shard.key", ShardKey.BYTES)),
            config.checkpointSignatures().contains(NodeConfig.CheckpointSignature.ML_DSA_65)
                ? NodeHome.makeFurtherSigners(keys, credentials.node())
                : List.of()),
        new NodeParts.Stores(home.ledger(), ChunkStore.open(home.transfer()), home.studies()),
        config.data().records(home),
        config.lineage(),
        config
            .policy()
            .withPeers(PeerKeys.read(
                home.root().resolve(config.peers()), credentials.identity().publicKey())),
        config.release(),
        config.device(),
        SessionSettings.standard(),
        UnsafeTeacherTap.none(),
        config.witness(),
        new PublicSpaces());
  }

  private static NodeCredentials credentialsOf(
      NodeHome home, FederationName name, NodeCredentials first, SecureRandom random)
      throws IOException {
    NodeCredentials credentials = NodeCredentials.read(home.keysOf(home.federation(name), random));
    if (!credentials.node().federation().equals(name)) {
      throw new KeyFileException("credentials in " + home.federation(name)
          + " must be of federation " + name + ": " + credentials.node().federation());
    }
    // The ledger that this federation's members check is signed by the node's one identity.
    if (!Arrays.equals(credentials.identity().publicKey(), first.identity().publicKey())) {
      throw new KeyFileException("identity key in " + home.federation(name)
          + " must be that of the home; join again: retort node join TOKEN --also");
    }
    return credentials;
  }

  private static Uplink uplink(
      NodeCredentials credentials, NodeConfig.Address address, String software) {
    return new Uplink(
        credentials.node(),
        () ->
            TlsChannel.mutual(address.host(), address.port(), credentials.tls()).build(),
        address.toString(),
        new Uplink.PublicKey(credentials.coordinatorIdentityKey()),
        software);
  }

  /**
   * Opens the ledger, with the lineage's budgets in it, and prepares the sessions; nothing is dialled yet.
   *
   * @param work runs orders, training among them; nodes that share it train as many ensembles at a time as it has
   *     threads. Not shut down by this node
   * @param clock dates the ledger and gives the release tick
   * @throws LogInUseException if another node has the ledger open
   * @throws MalformedLogException if the ledger is damaged
   * @throws LogUnavailableException if the ledger cannot be read or written
   * @throws IOException if the ledger's directory cannot be made
   * @throws PolicyConflictException if the ledger records another budget or unit for this lineage: it cannot be changed
   *     once it is open
   */
  public static Node open(NodeParts parts, LearnEngine engine, Executor work, InstantSource clock)
      throws LogInUseException, MalformedLogException, LogUnavailableException,
          PolicyConflictException, IOException {
    Files.createDirectories(parts.stores().ledger().toAbsolutePath().getParent());
    PrivacyLedger ledger = PrivacyLedger.open(
        parts.stores().ledger(),
        IdentitySigner.of(parts.uplink().node(), parts.secrets().identity()),
        parts.secrets().further(),
        clock);
    boolean opened = false;
    try {
      openBudgets(ledger, parts.lineage(), parts.policy());
      // Its thread begins with the first noise that is foreseen.
      ExecutorService noiseFiller = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "retort-noise-" + parts.uplink().node().id());
        thread.setDaemon(true);
        return thread;
      });
      NoisePool noise = new NoisePool(
          parts.secrets().noise(), parts.pace().pool() ? POOLED_SAMPLES : 0, noiseFiller);
      LabelRelease door = new LabelRelease(ledger, noise);
      LedgerHalt halt = new LedgerHalt();
      halt.whenHalted(why -> door.shut(String.valueOf(why.getMessage())));
      SiteWitness witnessing = new SiteWitness(
          parts.witness().serve(),
          parts.stores().ledger().resolveSibling(WitnessedLogs.FILE),
          parts.secrets().identity(),
          clock);
      SumMemory sumMemory = new SumMemory(parts.stores().ledger().resolveSibling(SumMemory.FILE));
      Site site = new Site(
          parts.policy(),
          parts.lineage(),
          parts.records(),
          parts.secrets().shards(),
          ledger,
          door,
          parts.pace().on(clock),
          parts.stores().transfer(),
          parts.stores().studies(),
          parts.device(),
          engine,
          clock,
          parts.tap(),
          halt,
          witnessing,
          new SumSite(parts.secrets().identity(), sumMemory),
          parts.spaces());
      List<NodeSession> sessions = new ArrayList<>();
      sessions.add(new NodeSession(parts.uplink(), site, parts.settings(), work));
      for (NodeParts.Further one : parts.further()) {
        sessions.add(
            new NodeSession(one.uplink(), site.withStudies(one.studies()), parts.settings(), work));
      }
      Node node = new Node(ledger, noise, noiseFiller, witnessing, sumMemory, sessions);
      opened = true;
      return node;
    } finally {
      if (!opened) {
        ledger.close();
      }
    }
  }

  private static void openBudgets(PrivacyLedger ledger, String lineage, SitePolicy policy)
      throws PolicyConflictException, LogUnavailableException {
    ledger.openPolicy(lineage, policy.unit(), policy.budget());
    for (SitePolicy.UnitPromise promise : policy.alsoProtected()) {
      ledger.protectAlso(lineage, promise.unit(), promise.budget());
    }
    Map<String, Zcdp> quotas = new HashMap<>();
    policy.quotas().forEach((federation, quota) -> quotas.put(federation.value(), quota));
    ledger.setQuotas(lineage, quotas);
  }

  /** The key by which anybody verifies this node's ledger, in C2SP form. */
  public String ledgerKey() {
    return ledger.verifierKey().toString();
  }

  /** Begins to dial the coordinators, and returns. To be called once. */
  public void start() {
    sessions.forEach(NodeSession::start);
  }

  /**
   * Waits until all sessions are over: because the node was closed, because coordinators speak another protocol, or because
   * the ledger is not the newest.
   *
   * @throws IncompatibleProtocolException if a coordinator does; the message says which side to upgrade
   * @throws RolledBackException if a witness knows more of the ledger than the ledger itself; the message says what to do
   */
  public void awaitEnd()
      throws InterruptedException, IncompatibleProtocolException, RolledBackException {
    IncompatibleProtocolException first = null;
    for (NodeSession session : sessions) {
      try {
        session.awaitEnd();
      } catch (IncompatibleProtocolException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** The node's ledger, open for as long as the node is. */
  public PrivacyLedger ledger() {
    return ledger;
  }

  /** Ends the sessions and closes the ledger. May be called again. */
  @Override
  public void close() {
    sessions.forEach(NodeSession::close);
    noise.close();
    noiseFiller.shutdown();
    witnessing.close();
    sums.close();
    try {
      ledger.close();
    } catch (LogUnavailableException e) {
      // All that counts was on the disk before it was acted upon.
      LOG.warn("the ledger did not close: {}", e.getMessage());
    }
  }
}
