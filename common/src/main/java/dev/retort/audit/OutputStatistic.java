package dev.retort.audit;

import java.util.ArrayList;
import java.util.List;

/** A number that an attacker, who knows both inputs, computes from a trial's output; larger speaks for the change. */
interface OutputStatistic {

  /** Moduli whose holes are looked for: the lowest bit, two bits, a nibble, a byte. */
  List<Integer> MODULI = List.of(2, 4, 16, 256);

  /** Its name in reports. */
  String name();

  /**
   * Learns from one trial's output, whose entries begin at {@code from}, unless there is nothing to learn.
   *
   * @param changed whether the trial was one with the change
   */
  default void learn(int[] output, int from, boolean changed) {}

  /** The statistic of one trial's output, whose entries begin at {@code from}. */
  double score(int[] output, int from);

  /** All statistics that are tried, the strongest against sound Gaussian noise first. */
  static List<OutputStatistic> all(NeighbouringInputs inputs) {
    List<OutputStatistic> statistics = new ArrayList<>();
    statistics.add(new MatchedFilter(inputs));
    MODULI.forEach(modulus -> statistics.add(new LatticeMatches(inputs, modulus)));
    statistics.add(new LowByteLikelihood(inputs));
    if (inputs.entries() <= LinearDiscriminant.MOST_ENTRIES) {
      statistics.add(new LinearDiscriminant(inputs));
    }
    return statistics;
  }

  /** The log-likelihood ratio of Gaussian noise, up to scale and offset. */
  record MatchedFilter(NeighbouringInputs inputs) implements OutputStatistic {

    @Override
    public String name() {
      return "matched filter";
    }

    @Override
    public double score(int[] output, int from) {
      long sum = 0;
      for (int i = 0; i < inputs.entries(); i++) {
        long weight = (long) inputs.with(i) - inputs.without(i);
        if (weight != 0) {
          sum += weight * ((long) output[from + i] - inputs.without(i));
        }
      }
      return sum;
    }
  }

  /** How many more entries are congruent to the input with the change than to the other: finds noise with holes. */
  record LatticeMatches(NeighbouringInputs inputs, int modulus) implements OutputStatistic {

    @Override
    public String name() {
      return "residues modulo " + modulus;
    }

    @Override
    public double score(int[] output, int from) {
      int matches = 0;
      for (int i = 0; i < inputs.entries(); i++) {
        if (inputs.with(i) != inputs.without(i)) {
          matches += (output[from + i] - inputs.with(i)) % modulus == 0 ? 1 : 0;
          matches -= (output[from + i] - inputs.without(i)) % modulus == 0 ? 1 : 0;
        }
      }
      return matches;
    }
  }
}
