package dev.retort.coordinator.student;

/**
 * What hints a student was distilled with.
 *
 * @param dimensions entries of a hint
 * @param noiseStandardDeviation of each entry of a mean hint, where one teacher's is clipped to length 1; root mean square
 *     over answered samples
 * @param reliability how much of the smoothed hints' variance is not what the noise left, in [0, 1]; near 0 they say
 *     nothing
 */
public record HintReport(int dimensions, double noiseStandardDeviation, double reliability) {}
