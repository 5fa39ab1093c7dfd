package dev.retort.bench;

import java.util.List;

/**
 * One row of the tables of measured accuracies.
 *
 * @param name what {@code bench/tables.sh} is asked for
 * @param dataset its records
 * @param seeds how many, from 1
 * @param study the text of its study file
 * @param arguments of {@code retort simulate} beside the study, the data and the seed
 */
record BenchRow(
    String name, BenchDataset dataset, int seeds, String study, List<String> arguments) {

  BenchRow {
    arguments = List.copyOf(arguments);
    if (seeds < 1) {
      throw new IllegalArgumentException("seeds must be >= 1: " + seeds);
    }
  }
}
