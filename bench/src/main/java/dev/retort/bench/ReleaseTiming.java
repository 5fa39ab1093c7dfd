package dev.retort.bench;

import dev.retort.identity.IdentityKey;
import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.merkle.Digest;
import dev.retort.node.release.LabelRelease;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.node.release.ReleasePace;
import dev.retort.node.release.ReleaseRequest;
import dev.retort.node.release.ReleaseTick;
import dev.retort.noise.DiscreteGaussian;
import dev.retort.noise.NoiseKey;
import dev.retort.noise.NoisePool;
import dev.retort.noise.ReleaseNoise;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.tlog.LogSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Whether the time of an answer tells the size of its noise, in the manner of dudect (Reparaz, Balasch, Verbauwhede 2017):
 * answers are parted into those with more noise than the median and those with less, and Welch's t compares their times,
 * the slowest tenth being dropped. Beyond 4.5 in absolute value, time tells.
 *
 * <p>First the noise step alone, where the effect is largest, then whole releases through the door with its real ledger,
 * and last with the tick, whose time is that from the tick before the request.
 */
public final class ReleaseTiming {

  private static final int CLASSES = 2;
  private static final int SIGMA = 1000;
  private static final DiscreteGaussianHistogram MECHANISM =
      new DiscreteGaussianHistogram(LabelGrid.VOTE, CLASSES, SIGMA);
  private static final Digest CAMPAIGN = Digest.of(new byte[] {1});
  private static final Party PARTY = new Party("bench", CAMPAIGN);
  private static final Duration TICK = Duration.ofMillis(20);

  private ReleaseTiming() {}

  /** An answer's time and the sum of its noise's absolute values. */
  private record Observation(long nanos, long noise) {}

  /**
   * Prints one line a setting.
   *
   * @param args a directory on a quiet disk, such as one in memory
   */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "release-timing");
    report("noise step, drawn when asked for", steps(false, 400_000));
    report("noise step, from the pool", steps(true, 400_000));
    report("release, no pool, no tick", releases(directory, false, Duration.ZERO, 12_000));
    report("release, pool, no tick", releases(directory, true, Duration.ZERO, 12_000));
    report("release, no pool, tick", releases(directory, false, TICK, 4_000));
    report("release, pool and tick", releases(directory, true, TICK, 4_000));
  }

  private static List<Observation> steps(boolean pooled, int count) {
    List<Observation> seen = new ArrayList<>(count);
    NoisePool pool = new NoisePool(freshKey(), pooled ? CLASSES : 0, Runnable::run);
    DiscreteGaussian noise = MECHANISM.noise();
    Digest query = Digest.of(new byte[0]);
    for (int seq = -count / 10; seq < count; seq++) {
      ReleaseNoise release = new ReleaseNoise(Math.abs(seq), query, noise, CLASSES);
      pool.foresee(List.of(release));
      int[] values = new int[CLASSES];
      long start = System.nanoTime();
      pool.addTo(values, release);
      long nanos = System.nanoTime() - start;
      if (seq >= 0) {
        seen.add(new Observation(nanos, absolute(values, values.length)));
      }
    }
    return seen;
  }

  private static List<Observation> releases(
      Path directory, boolean pooled, Duration period, int count) throws Exception {
    List<Observation> seen = new ArrayList<>(count);
    Path file = directory.resolve(pooled + "-" + period + ".db");
    // Signed as a node's ledger is, and dated by a clock that stands, so that all entries have one
    // length.
    try (PrivacyLedger ledger =
        PrivacyLedger.open(file, new BenchSigner(), InstantSource.fixed(Instant.EPOCH))) {
      ledger.openPolicy("bench", "record", new ApproxDp(1000, 1e-6));
      ledger.bindDataset(new DatasetBind("bench", CAMPAIGN, 100, "bench"));
      LabelRelease door =
          new LabelRelease(ledger, new NoisePool(freshKey(), pooled ? 100 : 0, Runnable::run));
      door.openCampaign(CAMPAIGN, MECHANISM);
      ReleaseTick tick = new ReleasePace(period, pooled).on(InstantSource.system());
      for (int i = -count / 10; i < count; i++) {
        ReleaseRequest request =
            new ReleaseRequest(PARTY, "bench", CAMPAIGN, CAMPAIGN, i + count, 1, MECHANISM);
        door.foresee(List.of(request));
        long began = System.nanoTime();
        Released released =
            (Released) tick.hold(() -> door.release(request, () -> new int[] {60, 40}));
        long nanos = System.nanoTime() - began;
        int[] noise = released.block().values();
        noise[0] -= 60;
        noise[1] -= 40;
        if (!period.isZero()) {
          // Requests come at no particular moment; only when the answer leaves is seen.
          nanos = sinceTick(InstantSource.system(), period);
        }
        if (i >= 0) {
          seen.add(new Observation(nanos, absolute(noise, noise.length)));
        }
      }
    }
    return seen;
  }

  private static long sinceTick(InstantSource clock, Duration period) {
    Instant now = clock.instant();
    return (now.getEpochSecond() * 1_000_000_000L + now.getNano()) % period.toNanos();
  }

  private static void report(String what, List<Observation> seen) {
    List<Observation> sorted = new ArrayList<>(seen);
    sorted.sort(Comparator.comparingLong(Observation::nanos));
    List<Observation> kept = sorted.subList(0, sorted.size() * 9 / 10);
    long[] noise = kept.stream().mapToLong(Observation::noise).sorted().toArray();
    long median = noise[noise.length / 2];
    double[] large = kept.stream()
        .filter(each -> each.noise() > median)
        .mapToDouble(Observation::nanos)
        .toArray();
    double[] small = kept.stream()
        .filter(each -> each.noise() <= median)
        .mapToDouble(Observation::nanos)
        .toArray();
    double difference = mean(large) - mean(small);
    double t =
        difference / Math.sqrt(variance(large) / large.length + variance(small) / small.length);
    System.out.printf(
        "%-34s %7d answers, median %,9d ns, more noise takes %+8.1f ns, t = %+.2f%n",
        what, seen.size(), sorted.get(sorted.size() / 2).nanos(), difference, t);
  }

  private static long absolute(int[] values, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.abs(values[i]);
    }
    return sum;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum()
        / (values.length - 1);
  }

  private static NoiseKey freshKey() {
    byte[] key = new byte[NoiseKey.BYTES];
    new SecureRandom().nextBytes(key);
    return new NoiseKey(key);
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
