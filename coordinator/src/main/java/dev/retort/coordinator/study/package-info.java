/** Studies and where each node stands in them. */
@NullMarked
package dev.retort.coordinator.study;

import org.jspecify.annotations.NullMarked;
