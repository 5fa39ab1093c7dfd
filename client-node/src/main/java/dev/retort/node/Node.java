package dev.retort.node;

import dev.retort.identity.IdentityKey;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.PeerIdentity;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.LedgerInUseException;
import dev.retort.ledger.LedgerSigner;
import dev.retort.ledger.LedgerUnavailableException;
import dev.retort.ledger.MalformedLedgerException;
import dev.retort.ledger.PolicyConflictException;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.release.LabelRelease;
import dev.retort.node.session.NodeSession;
import dev.retort.node.session.SessionSettings;
import dev.retort.node.session.Site;
import dev.retort.node.session.Uplink;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.teacher.UnsafeTeacherTap;
import dev.retort.noise.NoiseKey;
import dev.retort.privacy.Zcdp;
import dev.retort.transfer.ChunkStore;
import dev.retort.wire.IncompatibleProtocolException;
import dev.retort.wire.TlsChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A site's node: its ledger, open for it alone, and its session with the coordinator. Safe for use by several threads.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final PrivacyLedger ledger;
  private final NodeSession session;

  private Node(PrivacyLedger ledger, NodeSession session) {
    this.ledger = ledger;
    this.session = session;
  }

  /**
   * The parts of a node that has joined a federation, from its home.
   *
   * @param software this program's version, for the coordinator's log
   * @throws IOException if the node has not joined, a key file is damaged or readable by others, or a directory cannot be
   *     made
   */
  public static NodeParts parts(
      NodeHome home, NodeConfig config, String software, SecureRandom random) throws IOException {
    KeyDirectory keys = KeyDirectory.open(home.root(), random);
    NodeCredentials credentials = NodeCredentials.read(keys);
    NodeConfig.Address address = config.coordinator();
    return new NodeParts(
        new Uplink(
            credentials.node(),
            () -> TlsChannel.mutual(address.host(), address.port(), credentials.tls())
                .build(),
            address.toString(),
            new Uplink.PublicKey(credentials.coordinatorIdentityKey()),
            software),
        new NodeParts.Secrets(
            credentials.identity(),
            new NoiseKey(keys.readOrCreateSecret("noise.key", NoiseKey.BYTES)),
            new ShardKey(keys.readOrCreateSecret("shard.key", ShardKey.BYTES))),
        new NodeParts.Stores(home.ledger(), ChunkStore.open(home.transfer()), home.studies()),
        config.data().records(home),
        config.lineage(),
        config.policy(),
        config.device(),
        SessionSettings.standard(),
        UnsafeTeacherTap.none());
  }

  /**
   * Opens the ledger, with the lineage's budget in it, and prepares the session; nothing is dialled yet.
   *
   * @param work runs orders, training among them; nodes that share it train as many ensembles at a time as it has
   *     threads. Not shut down by this node
   * @param clock dates the ledger
   * @throws LedgerInUseException if another node has the ledger open
   * @throws MalformedLedgerException if the ledger is damaged
   * @throws LedgerUnavailableException if the ledger cannot be read or written
   * @throws IOException if the ledger's directory cannot be made
   * @throws PolicyConflictException if the ledger records another budget or unit for this lineage: it cannot be changed
   *     once it is open
   */
  public static Node open(NodeParts parts, LearnEngine engine, Executor work, InstantSource clock)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException,
          PolicyConflictException, IOException {
    Files.createDirectories(parts.stores().ledger().toAbsolutePath().getParent());
    PrivacyLedger ledger = PrivacyLedger.open(
        parts.stores().ledger(),
        new IdentitySigner(parts.uplink().node(), parts.secrets().identity()),
        clock);
    boolean opened = false;
    try {
      openBudgets(ledger, parts.lineage(), parts.policy());
      LabelRelease release = new LabelRelease(ledger, parts.secrets().noise());
      Site site = new Site(
          parts.policy(),
          parts.lineage(),
          parts.records(),
          parts.secrets().shards(),
          ledger,
          release,
          parts.stores().transfer(),
          parts.stores().studies(),
          parts.device(),
          engine,
          clock,
          parts.tap());
      Node node = new Node(ledger, new NodeSession(parts.uplink(), site, parts.settings(), work));
      opened = true;
      return node;
    } finally {
      if (!opened) {
        ledger.close();
      }
    }
  }

  private static void openBudgets(PrivacyLedger ledger, String lineage, SitePolicy policy)
      throws PolicyConflictException, LedgerUnavailableException {
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

  /** Begins to dial the coordinator, and returns. To be called once. */
  public void start() {
    session.start();
  }

  /**
   * Waits until the session is over: because the node was closed, or because the coordinator speaks another protocol.
   *
   * @throws IncompatibleProtocolException if it does; the message says which side to upgrade
   */
  public void awaitEnd() throws InterruptedException, IncompatibleProtocolException {
    session.awaitEnd();
  }

  /** The node's ledger, open for as long as the node is. */
  public PrivacyLedger ledger() {
    return ledger;
  }

  /** Ends the session and closes the ledger. May be called again. */
  @Override
  public void close() {
    session.close();
    try {
      ledger.close();
    } catch (LedgerUnavailableException e) {
      // All that counts was on the disk before it was acted upon.
      LOG.warn("the ledger did not close: {}", e.getMessage());
    }
  }

  /** Signs the ledger as this node. */
  private record IdentitySigner(PeerIdentity.Node node, IdentityKey key) implements LedgerSigner {

    @Override
    public String name() {
      return "retort/" + node.federation() + "/" + node.id();
    }

    @Override
    public byte[] publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      return key.sign(message);
    }
  }
}
