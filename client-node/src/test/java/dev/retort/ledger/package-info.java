/** Reaches what the ledger room shows to its own tests alone. */
@NullMarked
package dev.retort.ledger;

import org.jspecify.annotations.NullMarked;
