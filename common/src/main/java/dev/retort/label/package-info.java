/** Label spaces and integer labels: what a teacher answers, before any noise. */
@NullMarked
package dev.retort.label;

import org.jspecify.annotations.NullMarked;
