@NullMarked
package dev.retort.witness;

import org.jspecify.annotations.NullMarked;
