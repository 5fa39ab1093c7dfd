/**
 * Transparency logs: RFC 6962 trees, C2SP checkpoints and signed notes, DSSE envelopes, and the file that a log lives in.
 * What entries say is the affair of the rooms to the right.
 */
@NullMarked
package dev.retort.tlog;

import org.jspecify.annotations.NullMarked;
