/**
 * Witnesses of logs: what keeps a log from showing one history to one reader and another to the next, and its owner from
 * going back. Transport-free; nothing here knows what a log's entries say.
 */
@NullMarked
package dev.retort.witness;

import org.jspecify.annotations.NullMarked;
