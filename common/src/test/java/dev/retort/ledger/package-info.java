@NullMarked
package dev.retort.ledger;

import org.jspecify.annotations.NullMarked;
