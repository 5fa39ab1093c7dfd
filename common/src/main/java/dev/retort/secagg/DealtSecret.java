package dev.retort.secagg;

/** The two secrets that a node deals for a segment. Of each node exactly one is ever opened. */
enum DealtSecret {
  /** The seed of the node's own mask: opened if it survives. */
  BETA("beta"),
  /** The key of the seeds that it shares with its peers: opened if it is excluded. */
  KAPPA("kappa");

  private final String label;

  DealtSecret(String label) {
    this.label = label;
  }

  /** The commitment to a secret. 32 uniform bytes hide behind their digest. */
  Octets commitment(Secret secret) {
    return Octets.sha256(Hkdf.label(label), secret.view());
  }

  /** The digest by which a share is known. */
  Octets shareDigest(byte[] share) {
    return Octets.sha256(Hkdf.label("share of " + label), share);
  }

  /** Which of a node's secrets is opened. */
  static DealtSecret openedOf(int node, NodeSet survivors) {
    return survivors.contains(node) ? BETA : KAPPA;
  }
}
