/**
 * The coordinator's own log: what it asked of whom, what it received and refused, and what it made of it. An auditor holds
 * it against the ledgers of the nodes. Nothing in it is private.
 */
@NullMarked
package dev.retort.journal;

import org.jspecify.annotations.NullMarked;
