package dev.retort.coordinator.student;

import dev.retort.data.FloatSamples;
import dev.retort.data.SampleShape;
import dev.retort.data.Samples;
import dev.retort.learn.Architecture;
import dev.retort.learn.ComputeDevice;
import dev.retort.learn.LearnEngine;
import dev.retort.learn.Network;
import dev.retort.learn.NetworkScorer;
import dev.retort.learn.TrainedEnsemble;
import dev.retort.learn.UnknownArchitectureException;
import dev.retort.plan.StudyPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much smaller and faster a student is than what it was distilled from.
 *
 * @param student the student
 * @param ensemble all teachers of all sites that answered, as one; null where no teachers did
 * @param batch samples that were scored at a time
 */
public record Compression(Cost student, @Nullable Cost ensemble, int batch) {

  private static final int MOST_SAMPLES = 256;
  private static final int MOST_TEACHERS = 200;

  /** Of the teachers that are timed together: 40 MB. */
  private static final long MOST_PARAMETERS = 10_000_000;

  private static final int ROUNDS = 5;
  private static final int FLOAT_BYTES = 4;

  /**
   * What it takes to keep and to ask.
   *
   * @param parameters trained numbers
   * @param bytes of them as 32-bit floats
   * @param microsecondsPerSample processor wall time in a batch, the median of several, without reading samples and
   *     describing them
   */
  public record Cost(long parameters, long bytes, double microsecondsPerSample) {}

  /**
   * Measures on this machine's processor. Teachers stay at their sites, so freshly drawn ones of the same shape stand in
   * for them: what they weigh does not change how long they take. Of many, some are timed and the rest counted alike.
   *
   * @param sites that answered
   * @param transfer at least one sample
   * @param clock of microseconds at least
   */
  public static Compression measure(
      LearnEngine engine,
      Network student,
      StudyPlan plan,
      int sites,
      PublicSamples transfer,
      InstantSource clock)
      throws InterruptedException, UnknownArchitectureException {
    int samples = Math.min(MOST_SAMPLES, transfer.count());
    Samples batch = transfer.student().slice(0, samples);
    Cost small = cost(
        student.architecture().parameterCount(student.shape(), student.classes()),
        timed(engine, student, batch, clock));
    int teachers = Math.multiplyExact(plan.teachersPerNode(), sites);
    if (teachers == 0) {
      return new Compression(small, null, batch.count());
    }
    int features = plan.teachers().features();
    Samples seen = features == 0
        ? transfer.teachers().slice(0, samples)
        : new FloatSamples(SampleShape.row(features), new float[batch.count() * features]);
    Architecture architecture = Architecture.parse(plan.teachers().architecture());
    long parameters = architecture.parameterCount(seen.shape(), student.classes());
    // What was paid for must not be lost to a shortage of memory.
    int timed = (int)
        Math.max(1, Math.min(Math.min(teachers, MOST_TEACHERS), MOST_PARAMETERS / parameters));
    TrainedEnsemble ensemble = TrainedEnsemble.untrained(
        engine, ComputeDevice.cpu(), architecture, seen.shape(), student.classes(), timed);
    double each = timed(ensemble, seen, clock) / timed;
    return new Compression(small, cost(parameters * teachers, each * teachers), batch.count());
  }

  private static Cost cost(long parameters, double microseconds) {
    return new Cost(parameters, parameters * FLOAT_BYTES, microseconds);
  }

  private static double timed(
      LearnEngine engine, Network student, Samples batch, InstantSource clock) {
    try (NetworkScorer scorer = NetworkScorer.open(engine, ComputeDevice.cpu(), student)) {
      double[] rounds = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        Instant start = clock.instant();
        scorer.logits(batch, 0, batch.count());
        rounds[i] = microsecondsPerSample(start, clock, batch);
      }
      return median(rounds);
    }
  }

  private static double timed(TrainedEnsemble ensemble, Samples batch, InstantSource clock)
      throws InterruptedException {
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      Instant start = clock.instant();
      ensemble.score(batch, 0, batch.count(), (member, first, rows, logits) -> {});
      rounds[i] = microsecondsPerSample(start, clock, batch);
    }
    return median(rounds);
  }

  private static double microsecondsPerSample(Instant start, InstantSource clock, Samples batch) {
    return Duration.between(start, clock.instant()).toNanos() / 1e3 / batch.count();
  }

  private static double median(double[] rounds) {
    Arrays.sort(rounds);
    return rounds[rounds.length / 2];
  }
}
