package dev.retort.secagg;

import dev.retort.merkle.Digest;

/**
 * The exact sum of a segment.
 *
 * @param segment which
 * @param batch what was answered
 * @param survivors whose vectors are in it
 * @param lanes the sum, signed
 * @param variance the sum of the variances that the survivors declared of their noise
 * @param result what the coordinator signed and published of it
 */
public record SegmentSum(
    int segment, Digest batch, NodeSet survivors, Lanes lanes, long variance, Signed result) {}
