package dev.retort.bench;

import dev.retort.identity.IdentityKey;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerChecks;
import dev.retort.ledger.LedgerChecks.Signatures;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerExport;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.LogSigner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * What a ledger costs: entries a second appended, each durable when it returns, as the ledger grows; the time to verify all
 * of it by every signature and by the checkpoint's alone; and the size of its export.
 */
public final class LedgerThroughput {

  private static final int CLASSES = 10;
  private static final int WINDOW = 1000;
  private static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, CLASSES, 1_000_000);
  private static final Digest CAMPAIGN = Digest.of(new byte[] {1});
  private static final Party PARTY = new Party("bench", CAMPAIGN);

  private LedgerThroughput() {}

  /**
   * Prints one line a figure.
   *
   * @param args the directory to write to, and how many entries
   */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "ledger-throughput");
    int entries = Integer.parseInt(args[1]);
    try {
      Path file = directory.resolve("ledger.db");
      append(file, entries);
      verify("file, every signature", file, Signatures.ALL);
      verify("file, checkpoint's signature", file, Signatures.CHECKPOINT);
      for (Answers answers : Answers.values()) {
        Path export = directory.resolve("export-" + answers);
        long start = System.nanoTime();
        LedgerExport.write(file, export, null, answers);
        long bytes = bytes(export);
        System.out.printf(
            "export, answers %-8s %6.1f s, %,d bytes, %,d bytes a thousand charges%n",
            answers, seconds(start), bytes, bytes * 1000 / (entries / 2));
        verify("export, checkpoint's signature", export, Signatures.CHECKPOINT);
      }
    } finally {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void append(Path file, int entries) throws Exception {
    try (PrivacyLedger ledger =
        PrivacyLedger.open(file, new BenchSigner(), InstantSource.fixed(Instant.EPOCH))) {
      ledger.openPolicy("bench", "record", new ApproxDp(1000, 1e-6));
      ledger.bindDataset(new DatasetBind("bench", CAMPAIGN, 100, "bench"));
      ledger.openCampaign(CAMPAIGN, MECHANISM);
      long[] nanos = new long[WINDOW];
      long began = System.nanoTime();
      for (int batch = 0; ledger.size() < entries; batch++) {
        long start = System.nanoTime();
        Digest samples = Digest.of(ByteBuffer.allocate(4).putInt(batch).array());
        Query query = new Query("bench", CAMPAIGN, samples, 1);
        long seq = ((Charged) ledger.charge(query, PARTY)).seq();
        ledger.release(seq, new LabelBlock(batch, 1, CLASSES, new int[CLASSES]), CAMPAIGN);
        nanos[batch % WINDOW] = (System.nanoTime() - start) / 2;
        long pairs = batch + 1;
        // The windows that end at 10^4, 10^5 and 10^6 entries, and the second one, as 10^3.
        if (pairs == 2 * WINDOW || pairs == 5_000 || pairs == 50_000 || pairs == entries / 2 - 2) {
          Arrays.sort(nanos);
          System.out.printf(
              "append at %,9d entries: median %,7d ns an entry; %,.0f entries/s so far%n",
              ledger.size(), nanos[WINDOW / 2], ledger.size() / seconds(began));
        }
      }
    }
  }

  private static void verify(String what, Path path, Signatures signatures) throws Exception {
    long start = System.nanoTime();
    LedgerReport report =
        LedgerVerifier.verify(path, LedgerChecks.ofEverything().withSignatures(signatures));
    double seconds = seconds(start);
    if (!report.ok()) {
      throw new IllegalStateException("ledger must verify: " + report.findings().get(0));
    }
    System.out.printf(
        "verify %-32s %6.1f s, %,.0f entries/s%n", what, seconds, report.entries() / seconds);
  }

  private static long bytes(Path root) throws IOException {
    long bytes = 0;
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(path);
      }
    }
    return bytes;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private record BenchSigner(IdentityKey key) implements LogSigner {

    BenchSigner() {
      this(IdentityKey.generate(new SecureRandom()));
    }

    @Override
    public String name() {
      return "bench";
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
