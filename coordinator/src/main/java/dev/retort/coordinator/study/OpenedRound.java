package dev.retort.coordinator.study;

import dev.retort.secagg.Octets;
import java.time.Instant;

/**
 * A round whose questions the plan leaves open.
 *
 * @param round from 0
 * @param opened when it was decided; sites are waited for from then on
 * @param input what it asks, as nodes are sent it
 */
public record OpenedRound(int round, Instant opened, Octets input) {}
