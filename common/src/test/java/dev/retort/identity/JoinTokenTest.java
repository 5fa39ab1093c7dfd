package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Clock;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class JoinTokenTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FederationRoot ROOT =
      FederationRoot.create(new FederationName("fed"), Clock.systemUTC(), RANDOM);

  private static JoinToken token() {
    return JoinToken.create(new NodeId("hospital-7"), ROOT.key().certificate(), RANDOM);
  }

  @Example
  void parse_ofFormat_givesTheSameToken() throws InvalidJoinTokenException {
    JoinToken token = token();

    JoinToken parsed = JoinToken.parse(" " + token.format() + "\n");

    assertThat(parsed).isEqualTo(token).hasSameHashCodeAs(token);
    assertThat(parsed.node()).isEqualTo(new NodeId("hospital-7"));
    assertThat(parsed.secretHash()).isEqualTo(token.secretHash());
    assertThat(parsed.rootFingerprint())
        .isEqualTo(FederationTrust.fingerprint(ROOT.key().certificate()));
  }

  @Property(tries = 200)
  void parse_ofTokenWithOneCharacterGone_refusesWithoutEchoingTheSecret(
      @ForAll @IntRange(max = 100) int at) {
    String text = token().format();
    String secret = text.split("\\.", -1)[2];
    int gone = text.indexOf(secret) + at % secret.length();

    assertThatThrownBy(() -> JoinToken.parse(text.substring(0, gone) + text.substring(gone + 1)))
        .isInstanceOf(InvalidJoinTokenException.class)
        .hasNoCause()
        .satisfies(e -> assertThat(e.getMessage())
            .doesNotContain(secret.substring(0, 8), secret.substring(30)));
  }

  @Property(tries = 500)
  void parse_ofAnyText_parsesOrRefuses(@ForAll String text) {
    try {
      assertThat(JoinToken.parse(text).format()).isEqualTo(text.strip());
    } catch (InvalidJoinTokenException e) {
      assertThat(e.getMessage()).startsWith("join token");
    }
  }

  @Example
  void toString_ofToken_hidesTheSecret() {
    assertThat(token().toString()).isEqualTo("JoinToken[hospital-7]");
  }
}
