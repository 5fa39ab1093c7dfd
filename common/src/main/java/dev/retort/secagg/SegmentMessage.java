package dev.retort.secagg;

/** The messages of segments: deals, the barrier, and B0 to B4. */
public sealed interface SegmentMessage extends Message
    permits DealMessage, MaskingMessage, SurvivorMessage, OpeningMessage {}
