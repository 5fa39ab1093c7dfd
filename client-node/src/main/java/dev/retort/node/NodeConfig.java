package dev.retort.node;

import dev.retort.config.InvalidConfigException;
import dev.retort.config.StrictYaml;
import dev.retort.identity.FederationName;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.UnknownDeviceException;
import dev.retort.node.policy.Approval;
import dev.retort.node.policy.Quota;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.policy.SumPolicy;
import dev.retort.node.policy.WitnessPolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.shard.ImageRecords;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.shard.TableRecords;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a site's operator decides.
 *
 * @param coordinator where to dial
 * @param alsoServe coordinators of further federations that the node has joined, who share its records and budget
 * @param data where the private records lie
 * @param lineage the name of the data set and all its later versions: 1 to 64 characters a-z, 0-9 and '-'. The budget
 *     belongs to it; the same records under a second name would be spent twice
 * @param policy what the site allows, not yet with the keys of other sites
 * @param peers the file of the keys of other sites that this one knows by itself, relative to the home
 * @param release when answers leave
 * @param device where to train; null for where each plan says
 * @param trainingThreads threads a training may use; 0 for one a processor
 * @param witness what the site has to do with witnesses
 * @param checkpointSignatures with which algorithms the ledger's checkpoints are signed, Ed25519 always among them
 * @param keyPassphraseFile the file of the passphrase that the keys are encrypted with, relative to the home; null for
 *     keys that are not, or whose passphrase is given otherwise
 */
public record NodeConfig(
    Address coordinator,
    Map<FederationName, Address> alsoServe,
    DataSource data,
    String lineage,
    SitePolicy policy,
    String peers,
    ReleasePace release,
    @Nullable DeviceChoice device,
    int trainingThreads,
    WitnessPolicy witness,
    Set<CheckpointSignature> checkpointSignatures,
    @Nullable String keyPassphraseFile) {

  private static final Pattern LINEAGE = Pattern.compile("[a-z0-9-]{1,64}");

  // What node.yaml may leave out. Nothing is approved that is not named.
  private static final String DEFAULTS = """
      alsoServe: {}
      lineage: main
      privacyUnit: record
      policy:
        approve: []
        maxEpsilonPerStudy: null
        alsoProtect: {}
        quotas: {}
        secureSums: { required: false, minimum: 3, colluders: 0, maxExcluded: 4096 }
      peers: peers.keys
      release: { tick: PT0.1S, pool: true }
      device: null
      trainingThreads: 0
      witness: { serve: true }
      checkpointSignatures: [ed25519]
      keyPassphraseFile: null
      """;

  public NodeConfig {
    alsoServe = Map.copyOf(alsoServe);
    checkpointSignatures = Set.copyOf(checkpointSignatures);
    if (!checkpointSignatures.contains(CheckpointSignature.ED25519)) {
      throw new IllegalArgumentException(
          "checkpointSignatures must have ed25519 among them, which every reader of a log"
              + " knows: " + checkpointSignatures);
    }
    if (!LINEAGE.matcher(lineage).matches()) {
      throw new IllegalArgumentException(
          "lineage must be 1 to 64 characters of a-z, 0-9 and '-': " + lineage);
    }
    if (trainingThreads < 0 || trainingThreads > 1024) {
      throw new IllegalArgumentException(
          "trainingThreads must be in [1, 1024], or 0 for one a processor: " + trainingThreads);
    }
  }

  /** An algorithm by which a ledger's checkpoints are signed. */
  public enum CheckpointSignature {
    /** By the identity key. */
    ED25519("ed25519"),
    /** By a second key, which a quantum computer does not break either. */
    ML_DSA_65("ml-dsa-65");

    private final String word;

    CheckpointSignature(String word) {
      this.word = word;
    }

    private static CheckpointSignature of(String word) {
      for (CheckpointSignature one : values()) {
        if (one.word.equals(word)) {
          return one;
        }
      }
      throw new IllegalArgumentException(
          "checkpointSignatures must be a list of ed25519 and ml-dsa-65: " + word);
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * A host and a port.
   *
   * @param host a name or an address; an IPv6 address without brackets
   * @param port in [1, 65535]
   */
  public record Address(String host, int port) {

    public Address {
      if (host.isBlank() || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "coordinator must be HOST:PORT, such as coordinator.example:8443: " + host + ":"
                + port);
      }
    }

    /**
     * Reads {@code HOST:PORT}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException if the text is written otherwise
     */
    public static Address parse(String text) {
      int colon = text.lastIndexOf(':');
      String host = colon < 1 ? "" : text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.indexOf(':') >= 0) {
        host = "";
      }
      String port = text.substring(colon + 1);
      if (host.isBlank() || !port.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException(
            "coordinator must be HOST:PORT, such as coordinator.example:8443: " + text);
      }
      return new Address(host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** Where private records lie. */
  public sealed interface DataSource {

    /** The records, with relative paths taken from {@code home}; no file is opened yet. */
    SiteRecords records(NodeHome home);

    /**
     * IDX files.
     *
     * @param units a text file with the privacy unit of one image a line; null if each image is a unit of its own
     */
    record Images(String images, String labels, @Nullable String units) implements DataSource {
      @Override
      public SiteRecords records(NodeHome home) {
        return new ImageRecords(
            home.root().resolve(images),
            home.root().resolve(labels),
            units == null ? null : home.root().resolve(units));
      }
    }

    /**
     * A CSV file with a header.
     *
     * @param unit the column of the privacy unit; null if each row is a unit of its own
     */
    record Table(String file, @Nullable String unit) implements DataSource {
      @Override
      public SiteRecords records(NodeHome home) {
        return new TableRecords(home.root().resolve(file), unit);
      }
    }
  }

  private record Budget(double epsilon, double delta) {}

  private record Sums(boolean required, int minimum, int colluders, int maxExcluded) {}

  private record AlsoProtect(int shards, Budget budget) {}

  private record Policy(
      Budget budget,
      Approval approve,
      @Nullable Double maxEpsilonPerStudy,
      Map<String, AlsoProtect> alsoProtect,
      Map<String, Quota> quotas,
      Sums secureSums) {

    SitePolicy of(String privacyUnit) {
      List<SitePolicy.UnitPromise> promises = new ArrayList<>();
      alsoProtect.forEach((unit, promise) -> promises.add(new SitePolicy.UnitPromise(
          new PrivacyUnit(unit, promise.shards()),
          new ApproxDp(promise.budget().epsilon(), promise.budget().delta()))));
      Map<FederationName, Zcdp> shares = new HashMap<>();
      quotas.forEach(
          (federation, quota) -> shares.put(new FederationName(federation), quota.most()));
      return new SitePolicy(
          privacyUnit,
          approve,
          new ApproxDp(budget.epsilon(), budget.delta()),
          maxEpsilonPerStudy,
          promises,
          shares,
          new SumPolicy(
              secureSums.required(),
              secureSums.minimum(),
              secureSums.colluders(),
              secureSums.maxExcluded(),
              Set.of()));
    }
  }

  private record Release(String tick, boolean pool) {

    ReleasePace pace() {
      try {
        return new ReleasePace(Duration.parse(tick), pool);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "release.tick must be an ISO 8601 duration such as PT0.1S: " + tick, e);
      }
    }
  }

  private record File(
      String coordinator,
      Map<String, String> alsoServe,
      String lineage,
      String privacyUnit,
      Policy policy,
      String peers,
      Release release,
      @Nullable String device,
      int trainingThreads,
      WitnessPolicy witness,
      List<String> checkpointSignatures,
      @Nullable String keyPassphraseFile) {}

  /**
   * Reads {@code node.yaml} of a home.
   *
   * @param overrides {@code a.b=c} each
   * @throws InvalidConfigException naming the key, the rule and the value
   * @throws IOException if there is no such file, or it cannot be read
   */
  public static NodeConfig read(NodeHome home, List<String> overrides)
      throws InvalidConfigException, IOException {
    return parse(
        home.config().getFileName().toString(), Files.readString(home.config()), overrides);
  }

  /** Reads the text of a configuration that messages call {@code name}. */
  public static NodeConfig parse(String name, String yaml, List<String> overrides)
      throws InvalidConfigException {
    ObjectNode tree = StrictYaml.tree(name, yaml, DEFAULTS, overrides);
    DataSource data = data(name, tree.remove("data"));
    File file = StrictYaml.bind(name, tree, File.class);
    try {
      return new NodeConfig(
          Address.parse(file.coordinator()),
          addresses(file.alsoServe()),
          data,
          file.lineage(),
          file.policy().of(file.privacyUnit()),
          file.peers(),
          file.release().pace(),
          file.device() == null ? null : DeviceChoice.parse(file.device()),
          file.trainingThreads(),
          file.witness(),
          file.checkpointSignatures().stream()
              .map(CheckpointSignature::of)
              .collect(Collectors.toUnmodifiableSet()),
          file.keyPassphraseFile());
    } catch (IllegalArgumentException | UnknownDeviceException e) {
      throw new InvalidConfigException(name + ": " + e.getMessage());
    }
  }

  private static Map<FederationName, Address> addresses(Map<String, String> further) {
    Map<FederationName, Address> addresses = new HashMap<>();
    further.forEach((federation, address) ->
        addresses.put(new FederationName(federation), Address.parse(address)));
    return addresses;
  }

  private static DataSource data(String name, @Nullable JsonNode node)
      throws InvalidConfigException {
    if (!(node instanceof ObjectNode data)) {
      throw new InvalidConfigException(name
          + ": data must say where the records are: { kind: images, images: FILE, labels: FILE } or"
          + " { kind: table, file: FILE }");
    }
    JsonNode kind = data.remove("kind");
    String word = kind == null || !kind.isString() ? "nothing" : kind.asString();
    // A key that may be absent must still be there for a strict binding.
    return switch (word) {
      case "images" -> {
        absent(data, "units");
        yield StrictYaml.bind(name + ": data", data, DataSource.Images.class);
      }
      case "table" -> {
        absent(data, "unit");
        yield StrictYaml.bind(name + ": data", data, DataSource.Table.class);
      }
      default ->
        throw new InvalidConfigException(name + ": data.kind must be images or table: " + word);
    };
  }

  private static void absent(ObjectNode data, String key) {
    if (data.get(key) == null) {
      data.putNull(key);
    }
  }
}
