package dev.retort.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.config.InvalidConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CoordinatorConfigTest {

  private static final String GOOD = "federation: lungs\nhosts: [coordinator.example]\n";

  @TempDir
  private Path home;

  private CoordinatorConfig read(String yaml, String... overrides) throws Exception {
    Files.writeString(home.resolve(CoordinatorConfig.FILE), yaml);
    return CoordinatorConfig.read(home, List.of(overrides));
  }

  @Test
  void read_leastThatCanBeSaid_hasTheDefaults() throws Exception {
    assertThat(read(GOOD))
        .isEqualTo(new CoordinatorConfig(
            "lungs", "0.0.0.0:7443", List.of("coordinator.example"), "auto", 0));
  }

  @Test
  void toYaml_isReadBack() throws Exception {
    CoordinatorConfig config = new CoordinatorConfig(
        "lungs", "[::1]:0", List.of("localhost", "::1", "10.0.0.1"), "gpu:1", 3);
    assertThat(read(config.toYaml())).isEqualTo(config);
    assertThat(config.listenHost()).isEqualTo("[::1]");
    assertThat(config.listenPort()).isZero();
  }

  @Test
  void read_noFile_saysHowToMakeOne() {
    assertThatThrownBy(() -> CoordinatorConfig.read(home, List.of()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("coordinator.yaml")
        .hasMessageContaining("retort coordinator init");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          listen=7443               | listen must be HOST:PORT with a port in [0, 65535]: 7443
          listen=':7443'            | listen must be HOST:PORT
          listen='a:65536'          | listen must be HOST:PORT with a port in [0, 65535]: a:65536
          listen='a:-1'             | listen must be HOST:PORT
          listen='a:port'           | listen must be HOST:PORT
          hosts=[]                  | hosts must name at least one host
          threads=-1                | threads must be in [0, 1024]: -1
          threads=many              | threads must be a whole number: many
          port=7443                 | unknown key port; known here: device, federation, hosts, keyPassphraseFile, listen, threads
          federation=Lungs          | federation must be
          federation=''             | federation must be
          """)
  void read_badValue_namesKeyRuleAndValue(String override, String message) {
    assertThatThrownBy(() -> read(GOOD, override))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("coordinator.yaml: ")
        .hasMessageContaining(message);
  }

  @Test
  void read_missingFederation_isNamed() {
    assertThatThrownBy(() -> read("hosts: [a]"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("coordinator.yaml: the key federation is missing");
  }
}
