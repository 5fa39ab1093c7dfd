/** The coordinator as witness of its nodes' privacy ledgers, and the check that a block was released in one. */
@NullMarked
package dev.retort.coordinator.witness;

import org.jspecify.annotations.NullMarked;
