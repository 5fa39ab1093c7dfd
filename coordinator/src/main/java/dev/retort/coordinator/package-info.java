@NullMarked
package dev.retort.coordinator;

import org.jspecify.annotations.NullMarked;
