/** Benchmarks that run as programs beside others, started by the scripts of this module. */
@NullMarked
package dev.retort.bench;

import org.jspecify.annotations.NullMarked;
