package dev.retort.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.retort.identity.IdentityKey;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.ChargeOutcome.Charged;
import dev.retort.ledger.LedgerChecks;
import dev.retort.ledger.LedgerChecks.Signatures;
import dev.retort.ledger.LedgerEntry;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.ledger.LedgerExport;
import dev.retort.ledger.LedgerExport.Answers;
import dev.retort.ledger.LedgerRecord;
import dev.retort.ledger.LedgerReport;
import dev.retort.ledger.LedgerVerifier;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.Query;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.SignedNote;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a ledger costs: entries a second appended, each durable when it returns, in a small ledger and in a large one; the
 * time to verify all of it by every signature and by the checkpoint's alone; and the size of its export. Processor time
 * stands beside the time on the clock, since it tells the same on a busy machine.
 *
 * <p>In between, entries are put into the file many a transaction, as no node does, so that a large ledger is made in
 * minutes; they are the entries that a node would have written.
 */
public final class LedgerThroughput {

  private static final int CLASSES = 10;
  private static final int WINDOW = 1000;
  private static final PrivacyUnit UNIT = PrivacyUnit.ofOneShard("record");
  private static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, CLASSES, 1_000_000);
  private static final Digest CAMPAIGN = Digest.of(new byte[] {1});
  private static final Party PARTY = new Party("bench", CAMPAIGN);
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Path file;
  private final BenchSigner signer = new BenchSigner();
  private int batches;

  private LedgerThroughput(Path file) {
    this.file = file;
  }

  /**
   * Prints one line a figure.
   *
   * @param args the directory to write to, and how many entries
   */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "ledger-throughput");
    long entries = Long.parseLong(args[1]);
    Path file = directory.resolve("ledger.db");
    LedgerThroughput bench = new LedgerThroughput(file);
    try {
      bench.append();
      bench.append();
      bench.grow(entries);
      bench.append();
      verify("file, every signature", file, Signatures.ALL);
      verify("file, checkpoint's signature", file, Signatures.CHECKPOINT);
      for (Answers answers : Answers.values()) {
        Path export = directory.resolve("export-" + answers);
        Stopwatch watch = new Stopwatch();
        LedgerExport.write(file, export, null, new TreeMap<>(), answers);
        long bytes = bytes(export);
        System.out.printf(
            "export, answers %s: %s, %,d bytes, %,d a thousand charges%n",
            answers, watch, bytes, bytes * 1000 / (entries / 2));
        verify("export, checkpoint's signature", export, Signatures.CHECKPOINT);
      }
    } finally {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** Appends as a node does: a charge and its release with the answer, each on disk before the next. */
  private void append() throws Exception {
    Stopwatch opening = new Stopwatch();
    try (PrivacyLedger ledger =
        PrivacyLedger.open(file, signer, InstantSource.fixed(Instant.EPOCH))) {
      System.out.printf("open at %,d entries: %s%n", ledger.size(), opening);
      ledger.openPolicy("bench", "record", new ApproxDp(1000, 1e-6));
      ledger.bindDataset(new DatasetBind("bench", CAMPAIGN, 100, "bench"));
      ledger.openCampaign(CAMPAIGN, MECHANISM);
      long before = ledger.size();
      long[] nanos = new long[WINDOW];
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < WINDOW; i++) {
        long start = System.nanoTime();
        long seq = ((Charged) ledger.charge(query(batches), PARTY)).seq();
        ledger.release(seq, answer(batches++), CAMPAIGN);
        nanos[i] = (System.nanoTime() - start) / 2;
      }
      double seconds = watch.seconds();
      Arrays.sort(nanos);
      System.out.printf(
          "append from %,d entries on: median %,d ns an entry, %,.0f entries/s (%s)%n",
          before, nanos[WINDOW / 2], 2 * WINDOW / seconds, watch);
    }
  }

  /** Writes on what a node would, without waiting for the disk. */
  private void grow(long entries) throws Exception {
    MerkleLog tree = new MerkleLog();
    try (LogFile log = LogFile.openToRead(file)) {
      log.forEachEntry((seq, envelope) -> tree.append(envelope));
    }
    Zcdp cost = MECHANISM.cost(UNIT, 1);
    Zcdp spent = Zcdp.ZERO;
    for (int i = 0; i < batches; i++) {
      spent = spent.plus(cost);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        PreparedStatement entry = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)");
        PreparedStatement hash = connection.prepareStatement("INSERT INTO hash VALUES (?, ?)");
        PreparedStatement answer =
            connection.prepareStatement("INSERT INTO answer VALUES (?, ?, 1, ?, ?)");
        PreparedStatement log = connection.prepareStatement("UPDATE log SET checkpoint = ?")) {
      connection.setAutoCommit(false);
      long position = 2 * tree.size() - Long.bitCount(tree.size());
      while (tree.size() < entries) {
        Query query = query(batches);
        long seq = tree.size();
        Zcdp after = spent.plus(cost);
        UnitCharge unit = new UnitCharge("record", cost, spent, after);
        spent = after;
        Digest digest = query.digest(MECHANISM);
        position =
            put(tree, new Charge(query, digest, PARTY, List.of(unit)), entry, hash, position);
        LabelBlock block = answer(batches++);
        position = put(tree, new Release(seq, block.digest(), CAMPAIGN), entry, hash, position);
        answer.setLong(1, seq);
        answer.setLong(2, block.firstSample());
        answer.setInt(3, CLASSES);
        answer.setBytes(4, LabelBlockCodec.encode(block));
        answer.executeUpdate();
      }
      String text = new Checkpoint(signer.name(), tree.size(), tree.root()).text();
      log.setString(1, SignedNote.sign(text, signer).encode());
      log.executeUpdate();
      connection.commit();
    }
  }

  private long put(
      MerkleLog tree,
      LedgerEntry entry,
      PreparedStatement insert,
      PreparedStatement hash,
      long position)
      throws SQLException {
    byte[] payload = new LedgerRecord(tree.size(), tree.root(), Instant.EPOCH, entry)
        .canonicalJson()
        .getBytes(StandardCharsets.UTF_8);
    byte[] envelope = Envelope.sign(payload, signer).encode();
    insert.setLong(1, tree.size());
    insert.setBytes(2, envelope);
    insert.executeUpdate();
    long next = position;
    for (Digest known : tree.append(envelope)) {
      hash.setLong(1, next++);
      hash.setBytes(2, known.bytes());
      hash.executeUpdate();
    }
    return next;
  }

  private static Query query(int batch) {
    Digest samples = Digest.of(ByteBuffer.allocate(Integer.BYTES).putInt(batch).array());
    return new Query("bench", CAMPAIGN, samples, 1);
  }

  private static LabelBlock answer(int batch) {
    return new LabelBlock(batch, 1, CLASSES, new int[CLASSES]);
  }

  private static void verify(String what, Path path, Signatures signatures) throws Exception {
    Stopwatch watch = new Stopwatch();
    LedgerReport report =
        LedgerVerifier.verify(path, LedgerChecks.ofEverything().withSignatures(signatures));
    double seconds = watch.seconds();
    if (!report.ok()) {
      throw new IllegalStateException("ledger must verify: " + report.findings().get(0));
    }
    System.out.printf(
        "verify %s: %s, %,d entries, %,.0f entries/s%n",
        what, watch, report.entries(), report.entries() / seconds);
  }

  /** Time on the clock and of all processors since it was made. */
  private static final class Stopwatch {

    private final long start = System.nanoTime();
    private final long cpuStart = PROCESS.getProcessCpuTime();

    double seconds() {
      return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public String toString() {
      double cpu = (PROCESS.getProcessCpuTime() - cpuStart) / 1e9;
      return String.format("%.1f s, %.1f s of processors", seconds(), cpu);
    }
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
