/** Distils the student from aggregated labels, and describes it. */
@NullMarked
package dev.retort.coordinator.student;

import org.jspecify.annotations.NullMarked;
