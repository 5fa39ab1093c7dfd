package dev.retort.coordinator.student;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a student was distilled: public numbers all, computed from released labels and public samples.
 *
 * @param transferSamples public samples
 * @param answeredSamples those with labels
 * @param classes the size of the label space
 * @param noiseStandardDeviation of one class of one sample's mean label, root mean square over answered samples
 * @param noiseScore s* = noise that the denoiser lets through, in units of the mean label; large is bad
 * @param denoiser what the labels were smoothed by, such as {@code graph 64}
 * @param denoiserDimensions effective count of parameters fitted to each class
 * @param residualVariance of the teachers' mean labels about the denoiser, as estimated
 * @param hardLabels samples whose arg max is trusted for the cross-entropy
 * @param selfTraining what was decided about self-training, and why
 * @param earlierClassifier what share of the targets the classifier of an earlier study got, and why
 * @param consistency what was decided about consistency over strong variations, and why
 * @param recipe what the student was trained by
 * @param hints what hints it learnt from beside the labels; null if none were asked for
 * @param trials comparisons on labels held out, in order
 * @param curve squared error against the labels after each stage, freed of the known noise
 */
public record DistillationReport(
    int transferSamples,
    int answeredSamples,
    int classes,
    double noiseStandardDeviation,
    double noiseScore,
    String denoiser,
    double denoiserDimensions,
    double residualVariance,
    int hardLabels,
    String selfTraining,
    String earlierClassifier,
    String consistency,
    String recipe,
    @Nullable HintReport hints,
    List<Trial> trials,
    List<Stage> curve) {

  public DistillationReport {
    trials = List.copyOf(trials);
    curve = List.copyOf(curve);
  }

  /**
   * Two ways compared by noised labels that neither saw.
   *
   * @param challenger the other way
   * @param incumbent the way that stays unless the other is clearly better
   * @param gain how much more of the teachers' votes a sample the challenger's classes win, an unbiased estimate
   * @param standardError of the gain
   * @param heldOut samples that were held out
   * @param outcome {@code taken} or {@code left}
   */
  public record Trial(
      String challenger,
      String incumbent,
      double gain,
      double standardError,
      int heldOut,
      String outcome) {

    static Trial of(String challenger, String incumbent, HeldOutGain gain, boolean taken) {
      return new Trial(
          challenger,
          incumbent,
          gain.gain(),
          gain.standardError(),
          gain.samples(),
          taken ? "taken" : "left");
    }
  }

  /**
   * One stage of the training.
   *
   * @param name such as {@code denoiser} or {@code student}
   * @param squaredError an unbiased estimate of the mean squared distance to the noise-free mean labels; for stages
   *     fitted to the same labels it is low by what they fit of the noise
   */
  public record Stage(String name, double squaredError) {}
}
