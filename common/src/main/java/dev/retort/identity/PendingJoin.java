package dev.retort.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node that has asked to join and has not seen the answer yet. They are kept while the answer is unknown,
 * so that a node whose connection broke can ask again with the same token: a coordinator grants one request once, and
 * repeats its answer to the same request only.
 */
public final class PendingJoin {

  private static final String FILE = "pending-join.key";
  private static final int MAX_PART_BYTES = 8192;

  private final byte[] tokenHash;
  private final IdentityKey identity;
  private final PrivateKey tlsKey;
  private final CertificateRequest request;

  private PendingJoin(
      byte[] tokenHash, IdentityKey identity, PrivateKey tlsKey, CertificateRequest request) {
    this.tokenHash = tokenHash;
    this.identity = identity;
    this.tlsKey = tlsKey;
    this.request = request;
  }

  /**
   * The request of an earlier attempt with the same token, or else a fresh one; nothing is written. A node that has an
   * identity key already keeps it.
   */
  public static PendingJoin readOrCreate(KeyDirectory keys, JoinToken token, SecureRandom random)
      throws IOException {
    PendingJoin earlier = read(keys);
    if (earlier != null && MessageDigest.isEqual(earlier.tokenHash, token.secretHash())) {
      return earlier;
    }
    IdentityKey identity = keys.identityKey();
    KeyPair tls = CertificateRequest.generateKeyPair(random);
    return new PendingJoin(
        token.secretHash(),
        identity == null ? IdentityKey.generate(random) : identity,
        tls.getPrivate(),
        CertificateRequest.create(tls));
  }

  private static @Nullable PendingJoin read(KeyDirectory keys) throws IOException {
    byte[] file = keys.readSecret(FILE);
    if (file == null) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      byte[] tokenHash = readPart(in);
      IdentityKey identity = IdentityKey.ofPkcs8(readPart(in));
      PrivateKey tls =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(readPart(in)));
      return new PendingJoin(tokenHash, identity, tls, CertificateRequest.parse(readPart(in)));
    } catch (IOException | GeneralSecurityException | InvalidCertificateRequestException e) {
      throw new KeyFileException(
          "keys of an unfinished join must be readable; remove "
              + keys.directory().resolve(FILE),
          e);
    }
  }

  private static byte[] readPart(DataInputStream in) throws IOException {
    int bytes = in.readInt();
    if (bytes < 0 || bytes > MAX_PART_BYTES) {
      throw new IOException("part must be 0 to 8192 bytes: " + bytes);
    }
    byte[] part = new byte[bytes];
    in.readFully(part);
    return part;
  }

  /** Keeps the keys until the answer is known. */
  public void writeTo(KeyDirectory keys) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (byte[] part :
          new byte[][] {tokenHash, identity.toPkcs8(), tlsKey.getEncoded(), request.der()}) {
        out.writeInt(part.length);
        out.write(part);
      }
    }
    keys.writeSecret(FILE, bytes.toByteArray());
  }

  /** Forgets the keys, where the answer is known. */
  public static void removeFrom(KeyDirectory keys) throws IOException {
    keys.delete(FILE);
  }

  /** The node's identity key. */
  public IdentityKey identity() {
    return identity;
  }

  /** The private key of the request. */
  public PrivateKey tlsKey() {
    return tlsKey;
  }

  /** The request, the same at every attempt. */
  public CertificateRequest request() {
    return request;
  }
}
