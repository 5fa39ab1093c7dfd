package dev.retort.node;

import dev.retort.encode.PublicSpaces;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.learn.DeviceChoice;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.policy.WitnessPolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.session.SessionSettings;
import dev.retort.node.session.Uplink;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.teacher.UnsafeTeacherTap;
import dev.retort.noise.NoiseKey;
import dev.retort.tlog.MlDsaSigner;
import dev.retort.transfer.ChunkStore;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node is made of, however it came by it: from a home directory, or from memory in a simulation.
 *
 * @param uplink the way to the first coordinator, whose federation and node id name the ledger
 * @param further ways to coordinators of other federations, who share records, ledger and budget with the first
 * @param secrets the node's keys
 * @param stores where the node writes
 * @param records the private records
 * @param lineage the data-set lineage whose budget pays
 * @param policy what the site allows
 * @param pace when answers leave
 * @param device where to train; null for where each plan says
 * @param settings how patient the session is
 * @param tap {@link UnsafeTeacherTap#none} but in simulations
 * @param witness what the site has to do with witnesses
 * @param spaces what is learnt from public samples; nodes of one process may share it
 */
public record NodeParts(
    Uplink uplink,
    List<Further> further,
    Secrets secrets,
    Stores stores,
    SiteRecords records,
    String lineage,
    SitePolicy policy,
    ReleasePace pace,
    @Nullable DeviceChoice device,
    SessionSettings settings,
    UnsafeTeacherTap tap,
    WitnessPolicy witness,
    PublicSpaces spaces) {

  public NodeParts {
    further = List.copyOf(further);
    Set<FederationName> names = new HashSet<>(Set.of(uplink.node().federation()));
    for (Further one : further) {
      if (!names.add(one.uplink().node().federation())) {
        throw new IllegalArgumentException(
            "federations of a node must be distinct: " + one.uplink().node().federation());
      }
    }
  }

  /** A node of one federation. */
  public NodeParts(
      Uplink uplink,
      Secrets secrets,
      Stores stores,
      SiteRecords records,
      String lineage,
      SitePolicy policy,
      ReleasePace pace,
      @Nullable DeviceChoice device,
      SessionSettings settings,
      UnsafeTeacherTap tap) {
    this(
        uplink,
        List.of(),
        secrets,
        stores,
        records,
        lineage,
        policy,
        pace,
        device,
        settings,
        tap,
        WitnessPolicy.standard(),
        new PublicSpaces());
  }

  /** These parts with a session of other patience. */
  public NodeParts withSettings(SessionSettings other) {
    return new NodeParts(
        uplink, further, secrets, stores, records, lineage, policy, pace, device, other, tap,
        witness, spaces);
  }

  /** These parts with another part in witnessing. */
  public NodeParts withWitness(WitnessPolicy other) {
    return new NodeParts(
        uplink, further, secrets, stores, records, lineage, policy, pace, device, settings, tap,
        other, spaces);
  }

  /** These parts with knowledge of public samples that other nodes share. */
  public NodeParts withSpaces(PublicSpaces other) {
    return new NodeParts(
        uplink, further, secrets, stores, records, lineage, policy, pace, device, settings, tap,
        witness, other);
  }

  /**
   * A further coordinator.
   *
   * @param uplink the way to it
   * @param studies the directory of votes saved for its studies
   */
  public record Further(Uplink uplink, Path studies) {}

  /**
   * The node's keys.
   *
   * @param identity signs the ledger
   * @param noise the noise of every release derives from it
   * @param shards spreads privacy units over teachers
   * @param further sign the ledger's checkpoints beside the identity
   */
  public record Secrets(
      IdentityKey identity, NoiseKey noise, ShardKey shards, List<MlDsaSigner> further) {

    public Secrets {
      further = List.copyOf(further);
    }

    /** Keys of a ledger that its identity key alone signs. */
    public Secrets(IdentityKey identity, NoiseKey noise, ShardKey shards) {
      this(identity, noise, shards, List.of());
    }
  }

  /**
   * Where the node writes.
   *
   * @param ledger the privacy ledger's file; no other node may use it. What the node witnesses is kept beside it
   * @param transfer public samples; may be shared by nodes
   * @param studies the directory of saved votes; no other node may use it
   */
  public record Stores(Path ledger, ChunkStore transfer, Path studies) {}
}
