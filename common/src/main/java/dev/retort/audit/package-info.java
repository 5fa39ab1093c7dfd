/** Empirical lower bounds on epsilon: what an attack on released answers proves. No tensors, no ledger, no noise. */
@NullMarked
package dev.retort.audit;

import org.jspecify.annotations.NullMarked;
