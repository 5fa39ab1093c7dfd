package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "Hospital", "7up", "-a", "a_b", "a/b", "a\n", "\u00e9", "retort://x"})
  void parse_ofBadNodeId_namesRuleAndValue(String text) {
    assertThatThrownBy(() -> NodeId.parse(text))
        .isInstanceOf(InvalidNodeIdException.class)
        .hasMessageStartingWith("node id must be 1 to 63 characters");
    assertThatIllegalArgumentException().isThrownBy(() -> new NodeId(text));
    assertThatIllegalArgumentException().isThrownBy(() -> new FederationName(text));
  }

  @Test
  void parse_ofLongestNodeId_accepts() throws InvalidNodeIdException {
    assertThat(NodeId.parse("a".repeat(63)).value()).hasSize(63);
    assertThatThrownBy(() -> NodeId.parse("a".repeat(64)))
        .isInstanceOf(InvalidNodeIdException.class);
  }

  @Test
  void ofUri_ofEveryRole_givesItBack() throws InvalidPeerCertificateException {
    FederationName federation = new FederationName("oncology");
    NodeId id = new NodeId("site-1");

    for (PeerIdentity peer : new PeerIdentity[] {
      new PeerIdentity.Node(federation, id),
      new PeerIdentity.Operator(federation, id),
      new PeerIdentity.Coordinator(federation)
    }) {
      assertThat(PeerIdentity.ofUri(peer.uri())).isEqualTo(peer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "retort://fed",
        "retort://fed/node/",
        "retort://fed/node/a/b",
        "retort://fed/admin/a",
        "retort://fed/coordinator/a",
        "http://fed/node/a",
        "retort://Fed/node/a",
        " retort://fed/node/a"
      })
  void ofUri_ofOtherForm_refuses(String uri) {
    assertThatThrownBy(() -> PeerIdentity.ofUri(uri))
        .isInstanceOf(InvalidPeerCertificateException.class);
  }
}
