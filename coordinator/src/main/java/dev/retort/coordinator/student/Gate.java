package dev.retort.coordinator.student;

import dev.retort.coordinator.student.DistillationReport.Trial;
import dev.retort.plan.SelfTraining;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Whether the labels are made alike among neighbours once more, decided from released labels and public numbers: the
 * known noise says whether it is worth trying, and labels held out whether it does harm.
 *
 * @param open whether they are
 * @param reason why, for the report
 * @param trials what was compared
 */
record Gate(boolean open, String reason, List<Trial> trials) {

  /**
   * Above this noise score self-training is worth its bias. Measured over epsilon 0.5 to 8, it gains MNIST labels 1 to 16
   * points of accuracy, and moves Fashion-MNIST labels, whose classes overlap, by -1 to +3.
   */
  static final double NOISE = 0.015;

  /**
   * How many standard errors plain targets must be ahead on labels held out for self-training to be left: 1 in 44 times
   * where there is no difference, in which case leaving it costs little.
   */
  static final double CLEAR = 2;

  Gate {
    trials = List.copyOf(trials);
  }

  /**
   * Decides.
   *
   * @param graph whether the labels were smoothed over a graph of images
   * @param score the noise that the denoiser lets through, see {@link DistillationReport#noiseScore}
   * @param trial asked for the gain of plain targets over self-training if it comes to that
   */
  static Gate of(SelfTraining asked, boolean graph, double score, Supplier<HeldOutGain> trial) {
    if (asked != SelfTraining.AUTO) {
      return new Gate(
          asked == SelfTraining.ON,
          (asked == SelfTraining.ON ? "on" : "off") + ", as the plan says",
          List.of());
    }
    if (!graph) {
      return new Gate(false, "off: not shown to help but on a graph of images", List.of());
    }
    if (score <= NOISE) {
      return new Gate(
          false,
          String.format(Locale.ROOT, "off: noise score %.4f is not above %.3f", score, NOISE),
          List.of());
    }
    HeldOutGain plain = trial.get();
    boolean open = plain.deviations() <= CLEAR;
    return new Gate(
        open,
        String.format(
            Locale.ROOT,
            open
                ? "on: noise score %.4f is above %.3f, and on labels held out plain targets are ahead by %.1f standard"
                    + " errors, not more than %.1f"
                : "off: noise score %.4f is above %.3f, but on labels held out plain targets are ahead by %.1f standard"
                    + " errors, more than %.1f",
            score,
            NOISE,
            plain.deviations(),
            CLEAR),
        List.of(Trial.of("plain targets", "self-training", plain, !open)));
  }
}
