package dev.retort.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

final class CertificateAuthorityTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FederationName FED = new FederationName("oncology");
  private static final NodeId NODE = new NodeId("site-1");
  private static final FederationRoot ROOT = FederationRoot.create(FED, CLOCK, RANDOM);
  private static final CertificateAuthority AUTHORITY = ROOT.issueAuthority(CLOCK, RANDOM);
  private static final KeyPair KEYS = CertificateRequest.generateKeyPair(RANDOM);
  private static final CertificateRequest REQUEST = CertificateRequest.create(KEYS);

  @Example
  void issueNode_ofRequest_namesTheNodeForClientUseOnly() throws Exception {
    List<X509Certificate> chain =
        AUTHORITY.issueNode(NODE, REQUEST, CertificateAuthority.LEAF_LIFE);

    FederationTrust.verify(chain, AUTHORITY.root(), NOW);
    X509Certificate leaf = chain.get(0);
    assertThat(PeerIdentity.of(leaf)).isEqualTo(new PeerIdentity.Node(FED, NODE));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getKeyUsage())
        .startsWith(true, false)
        .doesNotContain(true, org.assertj.core.data.Index.atIndex(5));
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(7)));
    assertThat(leaf.getPublicKey()).isEqualTo(KEYS.getPublic());
    assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(127);
  }

  @Example
  void issueOperator_ofRequest_namesTheOperator() throws Exception {
    assertThat(PeerIdentity.of(AUTHORITY
            .issueOperator(new NodeId("ada"), REQUEST, Duration.ofDays(1))
            .get(0)))
        .isEqualTo(new PeerIdentity.Operator(FED, new NodeId("ada")));
  }

  @Example
  void issueServer_ofHosts_namesThemForServerUseOnly() throws Exception {
    CertifiedKey server = AUTHORITY.issueServer(
        List.of("coordinator.example.org", "192.0.2.7", "::1"), Duration.ofDays(7));

    FederationTrust.verify(server.chain(), AUTHORITY.root(), NOW);
    assertThat(server.peer()).isEqualTo(new PeerIdentity.Coordinator(FED));
    assertThat(server.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.certificate().getSubjectAlternativeNames())
        .contains(
            List.of(2, "coordinator.example.org"),
            List.of(7, "192.0.2.7"),
            List.of(7, "0:0:0:0:0:0:0:1"));
  }

  @Example
  void issueServer_withoutHosts_refuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AUTHORITY.issueServer(List.of(), Duration.ofDays(1)))
        .withMessageContaining("hosts");
  }

  @Example
  void issueNode_ofRequestThatNamesAnotherNode_ignoresTheName() throws Exception {
    ExtensionsGenerator wanted = new ExtensionsGenerator();
    wanted.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(
            GeneralName.uniformResourceIdentifier, "retort://oncology/operator/mallory")));
    byte[] der = new JcaPKCS10CertificationRequestBuilder(
            new X500Name("CN=coordinator"), KEYS.getPublic())
        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted.generate())
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate()))
        .getEncoded();

    X509Certificate leaf = AUTHORITY
        .issueNode(NODE, CertificateRequest.parse(der), Duration.ofDays(1))
        .get(0);

    assertThat(PeerIdentity.of(leaf)).isEqualTo(new PeerIdentity.Node(FED, NODE));
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=site-1");
  }

  @Example
  void issueNode_forLongerThanTheAuthorityLives_endsWithTheAuthority() {
    X509Certificate leaf =
        AUTHORITY.issueNode(NODE, REQUEST, Duration.ofDays(2900)).get(0);

    assertThat(leaf.getNotAfter().toInstant())
        .isEqualTo(AUTHORITY.validUntil())
        .isEqualTo(NOW.plus(Duration.ofDays(1825)));
  }

  @Example
  void issueNode_afterTheAuthoritysEnd_isRefused() {
    Clock later = Clock.fixed(NOW.plus(Duration.ofDays(1825)), ZoneOffset.UTC);
    CertificateAuthority ended = new CertificateAuthority(FED, AUTHORITY.key(), later, RANDOM);

    assertThatIllegalStateException()
        .isThrownBy(() -> ended.issueNode(NODE, REQUEST, Duration.ofDays(1)))
        .withMessageContaining("ended at 2031-02-28T12:00:00Z");
  }

  @Example
  void constructor_withKeyOfAnotherFederationOrRole_refuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new CertificateAuthority(new FederationName("other"), AUTHORITY.key(), CLOCK, RANDOM));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CertificateAuthority(FED, ROOT.key(), CLOCK, RANDOM));
    assertThatThrownBy(() -> FederationRoot.of(FED, AUTHORITY.key()))
        .isInstanceOf(KeyFileException.class);
  }

  @Example
  void verify_ofChain_refusesOtherRootOtherTimeAndBrokenOrder() {
    List<X509Certificate> chain = AUTHORITY.issueNode(NODE, REQUEST, Duration.ofDays(7));
    X509Certificate otherRoot = FederationRoot.create(FED, CLOCK, RANDOM).key().certificate();

    assertThatThrownBy(() -> FederationTrust.verify(chain, otherRoot, NOW))
        .isInstanceOf(UntrustedChainException.class);
    assertThatThrownBy(() ->
            FederationTrust.verify(List.of(chain.get(0), chain.get(1), otherRoot), otherRoot, NOW))
        .isInstanceOf(UntrustedChainException.class);
    assertThatThrownBy(
            () -> FederationTrust.verify(chain, AUTHORITY.root(), NOW.plus(Duration.ofDays(8))))
        .isInstanceOf(UntrustedChainException.class);
    assertThatThrownBy(() ->
            FederationTrust.verify(List.of(chain.get(0), AUTHORITY.root()), AUTHORITY.root(), NOW))
        .isInstanceOf(UntrustedChainException.class);
    assertThatThrownBy(() -> FederationTrust.verify(List.of(), AUTHORITY.root(), NOW))
        .isInstanceOf(UntrustedChainException.class);
  }

  /** A node that signs certificates with its own key must convince nobody. */
  @Example
  void verify_ofLeafUnderNodeLeaf_refuses() {
    CertifiedKey node = new CertifiedKey(
        KEYS.getPrivate(), AUTHORITY.issueNode(NODE, REQUEST, CertificateAuthority.LEAF_LIFE));
    X509Certificate forged = X509Issuer.leaf(
        new X509Issuer.Subject("victim", REQUEST.publicKey(), NOW, Duration.ofDays(1)),
        node,
        org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_clientAuth,
        List.of(new GeneralName(
            GeneralName.uniformResourceIdentifier, "retort://oncology/node/victim")),
        RANDOM);

    assertThatThrownBy(() -> FederationTrust.verify(
            List.of(forged, node.certificate(), AUTHORITY.key().certificate(), AUTHORITY.root()),
            AUTHORITY.root(),
            NOW))
        .isInstanceOf(UntrustedChainException.class);
  }

  @Example
  void parse_ofRequestForOtherKind_refuses() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    byte[] p384 = CertificateRequest.create(generator.generateKeyPair()).der();

    assertThatThrownBy(() -> CertificateRequest.parse(p384))
        .isInstanceOf(InvalidCertificateRequestException.class)
        .hasMessageContaining("P-256");
    assertThatThrownBy(() -> CertificateRequest.parse(new byte[9000]))
        .isInstanceOf(InvalidCertificateRequestException.class)
        .hasMessageContaining("9000");
    assertThat(CertificateRequest.parse(REQUEST.der()).publicKeyDer())
        .isEqualTo(KEYS.getPublic().getEncoded());
  }

  /** Every byte of a request is under its signature or its structure. */
  @Property(tries = 300)
  void parse_ofRequestWithOneBitFlipped_refuses(@ForAll @IntRange(max = 1 << 20) int at) {
    byte[] der = REQUEST.der();
    der[at / 8 % der.length] ^= (byte) (1 << (at % 8));

    assertThatThrownBy(() -> CertificateRequest.parse(der))
        .isInstanceOf(InvalidCertificateRequestException.class);
  }

  @Property(tries = 300)
  void parse_ofAnyBytes_refuses(@ForAll byte[] der) {
    assertThatThrownBy(() -> CertificateRequest.parse(der))
        .isInstanceOf(InvalidCertificateRequestException.class);
  }
}
