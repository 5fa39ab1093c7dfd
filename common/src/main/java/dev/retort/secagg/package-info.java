/**
 * FD-SA/1: sums of many nodes' integer vectors of which the coordinator learns nothing but the sum. State machines for a
 * node and for the coordinator, without transport, clock or files of their own; no tensors, no floating point.
 */
@NullMarked
package dev.retort.secagg;

import org.jspecify.annotations.NullMarked;
