package dev.retort.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.config.InvalidConfigException;
import dev.retort.identity.FederationName;
import dev.retort.learn.DeviceChoice;
import dev.retort.merkle.Digest;
import dev.retort.node.NodeConfig.DataSource;
import dev.retort.node.policy.Approval;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.policy.WitnessPolicy;
import dev.retort.node.release.ReleasePace;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

  private static final String SMALLEST = """
      coordinator: coordinator.example:8443
      data: { kind: images, images: x.idx, labels: y.idx }
      policy: { budget: { epsilon: 8, delta: 1e-6 } }
      """;

  private static NodeConfig parse(String yaml, String... overrides) throws InvalidConfigException {
    return NodeConfig.parse("node.yaml", yaml, List.of(overrides));
  }

  @Test
  void parse_smallest_deniesEverything() throws Exception {
    NodeConfig config = parse(SMALLEST);
    assertThat(config.policy().approval()).isEqualTo(Approval.none());
    assertThat(config.policy().budget()).isEqualTo(new ApproxDp(8, 1e-6));
    assertThat(config.policy().maxEpsilonPerStudy()).isNull();
    assertThat(config.policy().unit()).isEqualTo("record");
    assertThat(config.lineage()).isEqualTo("main");
    assertThat(config.release()).isEqualTo(new ReleasePace(Duration.ofMillis(100), true));
    assertThat(config.device()).isNull();
    assertThat(config.trainingThreads()).isZero();
    assertThat(config.witness()).isEqualTo(new WitnessPolicy(true));
    assertThat(parse(SMALLEST, "witness.serve=false").witness())
        .isEqualTo(new WitnessPolicy(false));
    assertThat(config.data()).isEqualTo(new DataSource.Images("x.idx", "y.idx", null));
    assertThat(config.coordinator()).isEqualTo(new NodeConfig.Address("coordinator.example", 8443));
  }

  @Test
  void parse_everything_isHeld() throws Exception {
    String digest = Digest.of(new byte[0]).hex();
    NodeConfig config = parse("""
        coordinator: "[::1]:8443"
        data: { kind: table, file: t.csv, unit: patient_id }
        lineage: heart-2026
        privacyUnit: patient
        policy:
          budget: { epsilon: 8, delta: 1e-6 }
          approve: ["%s", "sha256:%s"]
          maxEpsilonPerStudy: 2
        release: { tick: PT2S, pool: false }
        device: gpu:1
        trainingThreads: 4
        """.formatted(digest, digest));
    assertThat(config.coordinator())
        .isEqualTo(new NodeConfig.Address("::1", 8443))
        .hasToString("[::1]:8443");
    assertThat(config.data()).isEqualTo(new DataSource.Table("t.csv", "patient_id"));
    assertThat(config.policy().approval())
        .isEqualTo(new Approval.Listed(Set.of(Digest.of(new byte[0]))));
    assertThat(config.policy().maxEpsilonPerStudy()).isEqualTo(2);
    assertThat(config.release()).isEqualTo(new ReleasePace(Duration.ofSeconds(2), false));
    assertThat(config.device()).isEqualTo(new DeviceChoice.Gpu(1));
  }

  @Test
  void parse_approveAny_approvesAny() throws Exception {
    assertThat(parse(SMALLEST, "policy.approve=any").policy().approval())
        .isEqualTo(new Approval.Any());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      release.tick=0.1                | release.tick must be an ISO 8601 duration such as PT0.1S: 0.1
      release.tick=PT11S              | release.tick must be in [PT0.001S, PT10S], or PT0S for none: PT11S
      release.tick=PT0.0009S          | or PT0S for none: PT0.0009S
      release.tick=PT-1S              | or PT0S for none: PT-1S
      release.pool=perhaps            | release.pool
      policy.approve=yes              | approve must be the word any or a list
      policy.approve=[abc]            | in quotes: abc
      policy.budget.epsilon=0         | epsilon must be > 0
      policy.budget.delta=1           | delta must be in (0, 1): 1.0
      policy.maxEpsilonPerStudy=-1    | policy.maxEpsilonPerStudy must be > 0 and finite: -1.0
      policy.approved=any             | unknown key policy.approved
      device=tpu                      | device must be one of auto, cpu, gpu
      coordinator=example             | coordinator must be HOST:PORT
      coordinator=example:0           | coordinator must be HOST:PORT
      lineage=Herz 1                  | lineage must be 1 to 64 characters
      privacyUnit=" "                 | privacyUnit must be 1 to 64 printable ASCII characters without spaces
      policy.quotas.north={rho: -1}   | rho of a quota must be in [0, 9223372): -1
      policy.quotas.north={rho: 1e9}  | rho of a quota must be in [0, 9223372): 1.0E9
      policy.quotas.north={epsilon: 1} | a quota must be { epsilon: E, delta: D } or { rho: R }
      policy.quotas.north={rho: half} | a quota must be { epsilon: E, delta: D } or { rho: R }
      policy.quotas.Nord={rho: 1}     | federation must be
      policy.alsoProtect.home={shards: 0, budget: {epsilon: 1, delta: 1e-5}} | shards of a privacy unit must be >= 1: 0
      policy.alsoProtect.record={shards: 2, budget: {epsilon: 1, delta: 1e-5}} | must name units other than privacyUnit, each once: record
      policy.alsoProtect.home={shards: 2} | policy.alsoProtect.home.budget is missing
      alsoServe.south=x               | coordinator must be HOST:PORT
      alsoServe.South=x:1             | federation must be
      trainingThreads=-1              | trainingThreads must be in [1, 1024]
      trainingThreads=many            | trainingThreads must be a whole number: many
      checkpointSignatures=[ml-dsa-65] | checkpointSignatures must have ed25519 among them
      checkpointSignatures=[ed25519, rsa] | checkpointSignatures must be a list of ed25519 and ml-dsa-65: rsa
      data.kind=rows                  | data.kind must be images or table: rows
      data.unit=patient               | unknown key unit
      data=3                          | data must say where the records are
      """)
  void parse_badValue_namesKeyRuleAndValue(String override, String message) {
    assertThatThrownBy(() -> parse(SMALLEST, override))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("node.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void parse_unitsAndQuotas_areHeldAndRoundedDown() throws Exception {
    NodeConfig config = parse(
        SMALLEST,
        "policy.alsoProtect.household={shards: 4, budget: {epsilon: 12, delta: 1e-6}}",
        "alsoServe.south=south.example:7443",
        "policy.quotas.north={epsilon: 1, delta: 1e-6}",
        "policy.quotas.south={rho: 0.0243559703599}");
    assertThat(config.alsoServe())
        .containsOnly(
            Map.entry(new FederationName("south"), new NodeConfig.Address("south.example", 7443)));
    SitePolicy policy = config.policy();
    assertThat(policy.alsoProtected())
        .containsExactly(
            new SitePolicy.UnitPromise(new PrivacyUnit("household", 4), new ApproxDp(12, 1e-6)));
    assertThat(policy.quotas())
        .containsOnly(
            Map.entry(new FederationName("north"), Conversion.budget(new ApproxDp(1, 1e-6))),
            Map.entry(new FederationName("south"), new Zcdp(24_355_970_359L)));
  }

  @Test
  void parse_noBudget_isRefused() {
    assertThatThrownBy(() -> parse(SMALLEST.substring(0, SMALLEST.indexOf("policy"))))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("budget");
  }
}
