/** Folds the sites' integer label blocks, in any order and each once. */
@NullMarked
package dev.retort.coordinator.aggregate;

import org.jspecify.annotations.NullMarked;
