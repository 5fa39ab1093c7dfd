/** The running of studies: offers, label requests, deadlines, and the hand-over to the student. */
@NullMarked
package dev.retort.coordinator.round;

import org.jspecify.annotations.NullMarked;
