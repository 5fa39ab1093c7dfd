package dev.retort.cli;

import dev.retort.audit.AuditedRelease;
import dev.retort.audit.UnreleasedException;
import dev.retort.identity.IdentityKey;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PolicyConflictException;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.node.release.LabelRelease;
import dev.retort.node.release.ReleaseOutcome;
import dev.retort.node.release.ReleaseRequest;
import dev.retort.noise.NoiseKey;
import dev.retort.noise.NoisePool;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The release door that a node serves from, on a ledger of its own in a temporary directory, with keys drawn afresh.
 * Every release is charged in full to a lineage that exists for it alone, so that an audit may go on for ever and touches
 * no production budget. Closing it deletes the ledger. Not thread-safe.
 */
final class ScratchRelease implements AuditedRelease, AutoCloseable {

  /** No trial of an audit may cost more rho than this: a whole block of them still fits a ledger's range. */
  static final double MOST_RHO_A_TRIAL = 1000;

  private static final ApproxDp POLICY = new ApproxDp(9_000_000, 1e-5);
  private static final Party PARTY = new Party("audit", digest("audit party"));
  private static final Digest CAMPAIGN = digest("audit campaign");
  private static final Digest TRANSFER_SET = digest("audit transfer set");

  private final Path directory;
  private final PrivacyLedger ledger;
  private final LabelRelease door;
  private final DiscreteGaussianHistogram mechanism;
  private final int teachers;
  private long releases;
  private long rows;

  private ScratchRelease(
      Path directory,
      PrivacyLedger ledger,
      LabelRelease door,
      DiscreteGaussianHistogram mechanism,
      int teachers) {
    this.directory = directory;
    this.ledger = ledger;
    this.door = door;
    this.mechanism = mechanism;
    this.teachers = teachers;
  }

  /**
   * Opens a door and its ledger.
   *
   * @param teachers how many labels each histogram sums
   */
  static ScratchRelease open(DiscreteGaussianHistogram mechanism, int teachers)
      throws IOException, LogInUseException, MalformedLogException, LogUnavailableException {
    SecureRandom random = new SecureRandom();
    byte[] noiseKey = new byte[NoiseKey.BYTES];
    random.nextBytes(noiseKey);
    Path directory = Files.createTempDirectory("retort-audit-");
    PrivacyLedger ledger = PrivacyLedger.open(
        directory.resolve("ledger.db"),
        new ScratchSigner(IdentityKey.generate(random)),
        InstantSource.system());
    LabelRelease door = new LabelRelease(ledger, NoisePool.none(new NoiseKey(noiseKey)));
    ScratchRelease release = new ScratchRelease(directory, ledger, door, mechanism, teachers);
    boolean opened = false;
    try {
      door.openCampaign(CAMPAIGN, mechanism);
      opened = true;
      return release;
    } finally {
      if (!opened) {
        release.close();
      }
    }
  }

  /** Where the ledger lies until this is closed. */
  Path directory() {
    return directory;
  }

  @Override
  public int[] release(int[] histograms) throws UnreleasedException {
    int count = histograms.length / mechanism.classes();
    String lineage = "audit-" + releases++;
    try {
      ledger.openPolicy(lineage, "audit", POLICY);
      ledger.bindDataset(new DatasetBind(lineage, digest(lineage), teachers, "audit"));
      ReleaseOutcome outcome = door.release(
          new ReleaseRequest(PARTY, lineage, CAMPAIGN, TRANSFER_SET, rows, count, mechanism),
          histograms::clone);
      rows += count;
      if (outcome instanceof ReleaseOutcome.Released released) {
        return released.block().values();
      }
      throw new UnreleasedException(
          "sigma must be large enough for a scratch ledger to pay for a block of trials: "
              + mechanism.sigma());
    } catch (LogUnavailableException | PolicyConflictException e) {
      throw new UnreleasedException("scratch ledger must be writable: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws LogUnavailableException, IOException {
    ledger.close();
    Trees.delete(directory);
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private record ScratchSigner(IdentityKey key) implements LogSigner {

    @Override
    public String name() {
      return "retort/audit";
    }

    @Override
    public byte[] publicKey() {
      return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      return key.sign(message);
    }
  }
}
