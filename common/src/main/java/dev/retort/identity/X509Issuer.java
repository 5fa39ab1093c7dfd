package dev.retort.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Writes X.509 certificates in the three shapes that a federation knows: root, issuing authority, leaf. */
final class X509Issuer {

  /** How far a certificate's life reaches back, for the sake of clocks that are behind. */
  private static final Duration BACKDATE = Duration.ofMinutes(5);

  private static final int SERIAL_BYTES = 16;

  private X509Issuer() {}

  /** What every certificate states. */
  record Subject(String commonName, SubjectPublicKeyInfo key, Instant now, Duration life) {
    X500Name name() {
      return new X500Name("CN=" + commonName);
    }
  }

  static X509Certificate root(Subject subject, PrivateKey key, SecureRandom random) {
    return write(subject, subject.name(), Instant.MAX, key, random, builder -> {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
      addAuthorityUsage(builder);
    });
  }

  static X509Certificate authority(Subject subject, CertifiedKey issuer, SecureRandom random) {
    return writeUnder(issuer, subject, random, builder -> {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      addAuthorityUsage(builder);
    });
  }

  static X509Certificate leaf(
      Subject subject,
      CertifiedKey issuer,
      KeyPurposeId purpose,
      List<GeneralName> names,
      SecureRandom random) {
    return writeUnder(issuer, subject, random, builder -> {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    });
  }

  private static void addAuthorityUsage(X509v3CertificateBuilder builder) throws IOException {
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  private static X509Certificate writeUnder(
      CertifiedKey issuer, Subject subject, SecureRandom random, Extensions extensions) {
    X509Certificate certificate = issuer.certificate();
    Instant issuerEnd = certificate.getNotAfter().toInstant();
    if (!subject.now().isBefore(issuerEnd)) {
      throw new IllegalStateException(
          "issuing certificate must be valid: it ended at " + issuerEnd);
    }
    X500Name name = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    return write(subject, name, issuerEnd, issuer.privateKey(), random, builder -> {
      try {
        builder.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("an issuer's key has an identifier", e);
      }
      extensions.addTo(builder);
    });
  }

  private static X509Certificate write(
      Subject subject,
      X500Name issuer,
      Instant latestEnd,
      PrivateKey key,
      SecureRandom random,
      Extensions extensions) {
    byte[] serial = new byte[SERIAL_BYTES];
    random.nextBytes(serial);
    serial[0] = (byte) ((serial[0] & 0x7f) | 0x40);
    Instant end = subject.now().plus(subject.life());
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
        issuer,
        new BigInteger(1, serial),
        Date.from(subject.now().minus(BACKDATE)),
        Date.from(end.isAfter(latestEnd) ? latestEnd : end),
        subject.name(),
        subject.key());
    try {
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(subject.key()));
      extensions.addTo(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a P-256 key signs certificates", e);
    }
  }

  private interface Extensions {
    void addTo(X509v3CertificateBuilder builder) throws IOException;
  }
}
