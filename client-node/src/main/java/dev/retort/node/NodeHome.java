package dev.retort.node;

import dev.retort.identity.FederationName;
import dev.retort.identity.IdentitySigner;
import dev.retort.identity.KeyDirectory;
import dev.retort.identity.KeyPassphrase;
import dev.retort.identity.NodeCredentials;
import dev.retort.identity.PeerIdentity;
import dev.retort.tlog.MlDsaSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a node keeps what is its own.
 *
 * @param root the directory
 * @param passphrase what its keys are encrypted with
 */
public record NodeHome(Path root, KeyPassphrase passphrase) {

  private static final String ML_DSA_KEY = "ml-dsa-65.key";

  /** A home whose keys are not encrypted. */
  public NodeHome(Path root) {
    this(root, KeyPassphrase.none());
  }

  /**
   * The home's keys.
   *
   * @throws IOException if there are none, they cannot be opened, or others than their owner may reach them
   */
  public KeyDirectory keys(SecureRandom random) throws IOException {
    return KeyDirectory.open(root, random, passphrase);
  }

  /** The home's keys, made if need be. */
  public KeyDirectory makeKeys(SecureRandom random) throws IOException {
    return KeyDirectory.create(root, random, passphrase);
  }

  /** What signs the ledger's checkpoints beside the identity key: an ML-DSA-65 key, if the home has one. */
  static List<MlDsaSigner> furtherSigners(KeyDirectory keys, PeerIdentity.Node node)
      throws IOException {
    byte[] seed = keys.readSecret(ML_DSA_KEY);
    return seed == null ? List.of() : List.of(MlDsaSigner.ofSeed(IdentitySigner.name(node), seed));
  }

  /** The same, of a home that gets such a key if it has none. */
  static List<MlDsaSigner> makeFurtherSigners(KeyDirectory keys, PeerIdentity.Node node)
      throws IOException {
    byte[] seed = keys.readOrCreateSecret(ML_DSA_KEY, MlDsaSigner.SEED_BYTES);
    return List.of(MlDsaSigner.ofSeed(IdentitySigner.name(node), seed));
  }

  /** The keys of a further federation's home, which lies in this one. */
  KeyDirectory keysOf(Path federation, SecureRandom random) throws IOException {
    return KeyDirectory.open(federation, random, passphrase);
  }

  /** The configuration. */
  public Path config() {
    return root.resolve("node.yaml");
  }

  /** The privacy ledger. */
  public Path ledger() {
    return root.resolve("ledger.db");
  }

  /** What the node remembers as a witness of other logs. */
  public Path witness() {
    return root.resolve("witness.db");
  }

  /** Where the credentials and votes of a further federation lie. The first one's lie in the home itself. */
  public Path federation(FederationName name) {
    return root.resolve("federations").resolve(name.value());
  }

  /** The homes of the further federations that the node has begun to join, in the home's order of names. */
  public List<Path> federations() throws IOException {
    Path all = root.resolve("federations");
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes
          .filter(home -> Files.isDirectory(home.resolve("keys")))
          .sorted()
          .toList();
    }
  }

  /**
   * The key directory for joining a further federation, made if need be. The node is known there by the same identity
   * key: it has one ledger, and that key signs it.
   *
   * @throws IOException if the node has not joined its first federation, or a directory cannot be made
   */
  public KeyDirectory furtherKeys(FederationName name, SecureRandom random) throws IOException {
    if (!Files.isDirectory(root.resolve("keys"))) {
      throw new IOException("node must have joined its first federation, and " + root
          + " holds no keys; run: retort node join TOKEN, without --also");
    }
    KeyDirectory own = keys(random);
    IdentityRotation.settle(this, own, random);
    NodeCredentials first = NodeCredentials.read(own);
    if (first.node().federation().equals(name)) {
      throw new IOException("node has joined federation " + name + " already");
    }
    Path home = federation(name);
    KeyDirectory keys = KeyDirectory.create(home, random, passphrase);
    if (keys.identityKey() == null) {
      keys.writeIdentityKey(first.identity());
    }
    return keys;
  }

  /** The public samples fetched so far. */
  public Path transfer() {
    return root.resolve("transfer");
  }

  /** Saved votes, one directory a study. */
  public Path studies() {
    return root.resolve("studies");
  }

  /** Saved votes of studies of a further federation. */
  public Path studies(FederationName name) {
    return federation(name).resolve("studies");
  }
}
