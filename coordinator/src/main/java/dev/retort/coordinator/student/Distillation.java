package dev.retort.coordinator.student;

import dev.retort.learn.Network;

/**
 * A student and how it came about.
 *
 * @param student the network
 * @param report how it was trained
 */
public record Distillation(Network student, DistillationReport report) {}
